using BigTech.BuildingBlocks.Core;
using BigTech.Users;
using Microsoft.Extensions.Configuration;

namespace BigTech.Tests.Unit.Users;

public sealed class UsersOptionsTests
{
    [Fact]
    public void Without_settings_the_defaults_hold()
    {
        var options = Read();
        options.PasswordIterations.ShouldBe(210_000);
        options.AccessTokenLifetime.ShouldBe(TimeSpan.FromMinutes(15));
        options.RefreshTokenLifetime.ShouldBe(TimeSpan.FromDays(30));
    }

    [Fact]
    public void A_setting_replaces_its_default() => Read(("Users:PasswordIterations", "1000")).PasswordIterations.ShouldBe(1000);

    [Theory]
    [InlineData("Users:PasswordIterations", "many")]
    [InlineData("Users:PasswordIterations", "0")]
    [InlineData("Users:PasswordWorkers", "-1")]
    [InlineData("Users:AccessTokenMinutes", "0")]
    [InlineData("Users:PasswordIteration", "1000")]
    [InlineData("Users:AccessTokenLifetime", "00:05:00")]
    public void A_senseless_setting_stops_the_start_with_its_name(string name, string value) =>
        Should.Throw<SettingException>(() => Read((name, value))).Message.ShouldContain(name.Split(':')[1]);

    private static UsersOptions Read(params IEnumerable<(string Name, string Value)> settings) => OptionsBinding.Bind<UsersOptions>(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Name, s.Value)))
            .Build(), "Users");
}
