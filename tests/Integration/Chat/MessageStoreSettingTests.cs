using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Mongo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Tests.Integration.Chat;

public sealed class MessageStoreSettingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Messages_are_rows_unless_something_else_is_asked_for()
    {
        using var services = Services();
        services.GetRequiredService<IMessages>().ShouldBeOfType<SqlMessages>();
        using var asked = Services(("Chat:MessageStore", "mongo"), ("Mongo:Uri", "mongodb://127.0.0.1:1/"));
        asked.GetRequiredService<IMessages>().ShouldBeOfType<MongoMessages>();
    }

    [Theory]
    [InlineData("Chat:MessageStore", "files", "MessageStore must be sql or mongo.")]
    [InlineData("Mongo:Database", "a/b", "Database must have 1 to 60 letters, digits, _ or -.")]
    [InlineData("Mongo:Workers", "0", "Workers")]
    [InlineData("Mongo:TimeoutMilliseconds", "1", "TimeoutMilliseconds")]
    [InlineData("Mongo:Url", "mongodb://127.0.0.1/", "Mongo:Url is not a setting.")]
    public void A_wrong_setting_is_named(string name, string value, string text) => Should.Throw<SettingException>(
        () => Services([.. name == "Chat:MessageStore" ? [] : new[] { ("Chat:MessageStore", "mongo") },
            (name, value)]).Dispose()).Message.ShouldContain(text);

    [Fact]
    public void A_missing_address_stops_the_start_and_not_the_first_message()
    {
        using var services = Services(("Chat:MessageStore", "mongo"));
        Should.Throw<SettingException>(() => services.GetServices<RequiredStore>().ToList()).Message.ShouldStartWith("Mongo:Uri is needed");
    }

    private ServiceProvider Services(params (string Name, string Value)[] settings)
    {
        var config = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build();
        return new ServiceCollection().AddLogging().AddMetrics().AddSingleton(TimeProvider.System).AddChat(config, _folder.Path)
            .BuildServiceProvider();
    }
}
