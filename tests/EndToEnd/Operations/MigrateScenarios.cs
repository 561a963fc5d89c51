using BigTech.Tests.EndToEnd.Notifications;
using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Operations;

/// <summary>Migrates an embedded installation to a SQL server, as its operator does.</summary>
public sealed class MigrateScenarios : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _keys = new();
    private readonly MemoryMongo _mongo = new();
    private readonly string _prefix = $"m{Guid.NewGuid():N}"[..14] + "_";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_conversation_goes_on_where_it_was_left(bool withDocuments)
    {
        const int count = 30;
        await using var old = await ServerProcess.Start();
        var (ann, bob, room) = await old.TwoInARoom();
        var before = await bob.Stream(room);
        for (var number = 1; number < count - 2; number++)
            await ann.Send(room, $"{number} 안녕 😀");
        // The pin adds a system message.
        await bob.Pin(await ann.Send(room, "pinned"));
        await before.WaitForCreated(count - 1);
        await before.Cut();
        await old.SeesNoStreams();
        await ann.Edit(await ann.Send(room, "missed?"), "missed");
        await bob.Receives(n => n.Preview == "missed", "all messages notify");
        var history = (await bob.Api.Get($"/messages/{room}?limit=100")).Text;
        var rooms = (await bob.Api.Get("/chat-rooms")).Text;
        var pins = (await bob.Api.Get($"/chat-rooms/{room}/pins")).Text;
        var received = (await bob.Api.Get("/notifications")).Text;
        old.Terminate();
        (await old.Ended()).ShouldBe(0);

        (string Name, string Value)[] documents = withDocuments ? OnMongo() : [];
        for (var times = 0; times < 2; times++)
        {
            var done = await Migrate(old.Data.Path, documents);
            ShouldBeDone(done, $"chat.messages\t{count}\t{count}");
            ShouldBeDone(done, "notifications.notifications\t1\t1");
        }

        Names(_keys.Path).ShouldBe(Names(old.Data["keys"]));
        await using var now = await ServerProcess.Start([.. OnMariaDb(), .. documents]);
        var (annNow, bobNow) = (now.Anonymous.With(ann.Tokens.AccessToken), now.Anonymous.With(bob.Tokens.AccessToken));
        (await bobNow.Get($"/messages/{room}?limit=100")).Text.ShouldBe(history);
        (await bobNow.Get("/chat-rooms")).Text.ShouldBe(rooms);
        (await bobNow.Get($"/chat-rooms/{room}/pins")).Text.ShouldBe(pins);
        (await bobNow.Get("/notifications")).Text.ShouldBe(received);
        await using var stream = await SseClient.Open(
            new Uri(now.Url(), $"/messages/stream/{room}"), bob.Tokens.AccessToken, before.LastEventId);
        (await annNow.Post($"/messages/{room}", new { content = "after", message_type = "text" })).ShouldBe(201);
        (await stream.WaitForCreated(2))
            .Select(message => (message.Seq, message.Content)).ShouldBe([(count, "missed"), (count + 1, "after")]);
        (await now.Anonymous.Post("/auth/refresh", new { refresh_token = ann.Tokens.RefreshToken })).ShouldBe(200);
        (await now.NewUser()).Id.ShouldBe(bob.Id > ann.Id ? bob.Id + 1 : ann.Id + 1);
    }

    [Fact]
    public async Task A_statement_may_take_longer_than_users_wait_for_one()
    {
        await using var old = await ServerProcess.Start();
        await old.NewUser();
        old.Terminate();
        (await old.Ended()).ShouldBe(0);
        ShouldBeDone(await Migrate(old.Data.Path), "users.users\t1\t1");
        MariaDbServer.Shared.Execute($"DELETE FROM `{_prefix}users`.users");
        MariaDbServer.Shared.Execute(
            $"CREATE TRIGGER `{_prefix}users`.slow BEFORE INSERT ON `{_prefix}users`.users FOR EACH ROW DO SLEEP(3)");

        var done = await Migrate(
            old.Data.Path, ("Sql__ConnectionString", $"{MariaDbServer.Shared.ConnectionString};DefaultCommandTimeout=2"));

        ShouldBeDone(done, "users.users\t1\t1");
    }

    [Fact]
    public async Task The_folder_of_a_running_server_is_refused()
    {
        await using var server = await ServerProcess.Start();

        ShouldBeOneLine(await Migrate(server.Data.Path), 1, "in use by another process");
    }

    [Theory]
    [InlineData("Sql:Engine", "Sql__Engine", "sqlite")]
    [InlineData("Mongo:Uri", "Chat__MessageStore", "mongo")]
    [InlineData("Mongo:Uri", "Notifications__Store", "mongo")]
    public async Task Settings_that_name_no_place_for_the_data_are_one_clear_line(string named, string name, string value)
    {
        using var from = new TemporaryFolder();
        ShouldBeOneLine(await Migrate(from.Path, (name, value)), 2, named);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_one_clear_line() => ShouldBeOneLine(await Migrate(_data["nowhere"]), 2, "nowhere");

    [Fact]
    public async Task A_folder_without_an_installation_is_one_clear_line()
    {
        using var from = new TemporaryFolder();
        ShouldBeOneLine(await Migrate(from.Path), 1, "There is no ");
    }

    [Fact]
    public async Task The_folder_must_be_named() => ShouldBeOneLine(await ServerProcess.RunToEnd(["migrate"], _data.Path), 2, "--from");

    public void Dispose()
    {
        _mongo.Dispose();
        _data.Dispose();
        _keys.Dispose();
    }

    private Task<ServerProcess.Finished> Migrate(string from, params (string Name, string Value)[] settings) =>
        ServerProcess.RunToEnd(["migrate", "--from", from, "--data-dir", _data.Path], null, [.. OnMariaDb(), .. settings]);

    private (string Name, string Value)[] OnMariaDb() =>
    [
        ("Sql__Engine", "mysql"), ("Sql__ConnectionString", MariaDbServer.Shared.ConnectionString), ("Sql__DatabasePrefix", _prefix),
        ("Users__KeysDirectory", _keys.Path),
    ];

    private (string Name, string Value)[] OnMongo() =>
        [("Chat__MessageStore", "mongo"), ("Notifications__Store", "mongo"), ("Mongo__Uri", _mongo.Uri),
            ("Mongo__TimeoutMilliseconds", "30000")];

    private static IEnumerable<string?> Names(string folder) => Directory.GetFiles(folder).Select(Path.GetFileName);

    private static void ShouldBeDone(ServerProcess.Finished finished, string line)
    {
        finished.ExitCode.ShouldBe(0, finished.Stderr);
        finished.Stdout.ShouldContain(line);
        finished.Stdout.ShouldNotContain("DIFFERS");
        finished.Stderr.ShouldNotContain("\r");
    }

    private static void ShouldBeOneLine(ServerProcess.Finished finished, int exitCode, string text)
    {
        finished.ExitCode.ShouldBe(exitCode, finished.Stderr);
        finished.Stderr.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(text);
    }
}
