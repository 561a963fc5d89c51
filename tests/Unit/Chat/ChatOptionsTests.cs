using BigTech.BuildingBlocks.Core;
using BigTech.Chat;
using Microsoft.Extensions.Configuration;

namespace BigTech.Tests.Unit.Chat;

public sealed class ChatOptionsTests
{
    [Fact]
    public void The_memory_for_rooms_has_a_default_and_bounds()
    {
        Read().CacheMegabytes.ShouldBe(256);
        Read(("Chat:CacheMegabytes", "64")).CacheMegabytes.ShouldBe(64);
        Should.Throw<SettingException>(() => Read(("Chat:CacheMegabytes", "0"))).Message.ShouldContain("CacheMegabytes");
    }

    [Fact]
    public void The_former_number_of_rooms_is_an_error_that_names_the_setting_in_its_place() =>
        Should.Throw<SettingException>(() => Read(("Chat:CachedRooms", "100000"))).Message.ShouldContain("CacheMegabytes");

    private static ChatOptions Read(params (string Name, string Value)[] settings) => OptionsBinding.Bind<ChatOptions>(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value))).Build(),
        "Chat");
}
