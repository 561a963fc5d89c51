namespace BigTech.Tests.EndToEnd.Operations;

/// <summary>
/// The metrics are frozen: dashboards and alerts rely on every name, type and label. The golden file has a line for each family: its name,
/// its type, its label names. Families are added, never changed.
/// </summary>
public sealed class MetricsGoldenScenarios
{
    private static readonly string GoldenFile = Path.Combine(AppContext.BaseDirectory, "Operations", "metrics.golden.txt");

    [Fact]
    public async Task The_metrics_of_a_conversation_are_those_of_the_golden_file()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.Stream(room);
        await Converse(server, ann, bob, room);
        var golden = await File.ReadAllLinesAsync(GoldenFile, TestContext.Current.CancellationToken);
        List<string> shown = [];

        // Some families appear later: the lag after a few seconds, the memory after the first collection.
        await Eventually.Holds(
            async () =>
            {
                await bob.History(room);
                shown = [.. (await server.Metrics()).Families.Select(WithoutErrorsOfConnections)];
                return shown.Count >= golden.Length;
            },
            "as many families as the golden file has");

        shown.ShouldBe(golden);
    }

    // A stream that its client leaves may end its connection with an error, or not: that label is there by chance.
    private static string WithoutErrorsOfConnections(string family) =>
        family.StartsWith("kestrel_connection_duration_seconds ", StringComparison.Ordinal)
            ? family.Replace(" error_type ", " ", StringComparison.Ordinal)
            : family;

    private static async Task Converse(ServerProcess server, User ann, User bob, long room)
    {
        await using var resumed = await bob.Stream(room, "0");
        await using var reset = await bob.Stream(room, "not an id");
        var message = await ann.Send(room, "How is it measured?");
        await resumed.WaitForCreated(1);
        await bob.Read(message);
        await bob.React(message, "👍");
        (await ann.Api.Post("/friends/request", new { target_user_id = bob.Id })).ShouldBe(201);
        (await server.Anonymous.Post("/auth/login", new { email = ann.Account.Email, password = "not the password" })).ShouldBeProblem(401);
        (await ann.Api.Get("/there/is/nothing/here")).ShouldBeProblem(404);
        using var other = new HttpClient();
        (await other.GetAsync(server.Url(), TestContext.Current.CancellationToken)).Dispose();
    }
}
