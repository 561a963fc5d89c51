using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Operations;

/// <summary>A MariaDB that refuses writes, as a replica does, or a primary that is taken out of use.</summary>
public sealed class ReadOnlyDatabaseScenarios : IDisposable
{
    private readonly MariaDbServer _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task A_server_whose_database_is_read_only_is_not_ready_and_answers_what_it_can()
    {
        _database.Start(durable: false);
        // An administrator may write all the same.
        _database.Execute("CREATE USER bigtech IDENTIFIED BY 'secret'; GRANT ALL ON `bigtech\\_%`.* TO bigtech");
        await using var server = await ServerProcess.Start(
            ("Sql__Engine", "mysql"),
            ("Sql__ConnectionString", $"Server=127.0.0.1;Port={_database.Port};User ID=bigtech;Password=secret;SslMode=Disabled"));
        var (ann, _, room) = await server.TwoInARoom();
        await ann.Send(room, "before");
        (await server.Anonymous.Get("/health/ready")).ShouldBe(200);

        _database.Execute("SET GLOBAL read_only = 1");

        await Eventually.Holds(
            async () => (await server.Anonymous.Get("/health/ready")).Status == 503, "not ready, although no user has written");
        (await ann.TrySend(room, "while it is read-only")).ShouldBeProblem(503, "store_unavailable");
        (await server.Anonymous.Get("/health/ready")).ShouldBe(503);
        (await server.Anonymous.Get("/health")).ShouldBe(503);
        (await server.Anonymous.Get("/health/live")).ShouldBe(200);
        (await ann.WholeHistory(room)).ShouldHaveSingleItem().Content.ShouldBe("before");

        _database.Execute("SET GLOBAL read_only = 0");

        await Eventually.Holds(async () => (await server.Anonymous.Get("/health/ready")).Status == 200, "ready again");
        await ann.Send(room, "after");
    }
}
