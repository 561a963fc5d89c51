namespace BigTech.Load.Scenarios;

/// <summary>
/// Pairs that send a request, accept it, read their friends and unfriend, repeatedly. Each change is durable, published on the friend
/// stream of one of the two, and consumed by the other contexts. Then lists of 50 friends, with profiles and presence.
/// </summary>
internal sealed class FriendsScenario : IScenario
{
    private const int Connections = 64;
    private const int Friends = 50;
    private const int LeastBytesPerFriend = 100;

    public string Name => "friends";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        await using var server = await context.StartServer(cheapPasswords: true, cancellation);
        using var client = new ChatSetup(server.Address);
        context.Progress.Step($"friends: creating {Connections} pairs and a list of {Friends}");
        var accounts = await client.CreateAccounts(2 * Connections, cancellation);
        await ClosedLoop.LeaveSocketThread();
        await Measure("ask, accept, list, part", connection => Pair(server, accounts[2 * connection], accounts[(2 * connection) + 1]));
        var popular = accounts[0];
        foreach (var friend in accounts.Skip(2).Take(Friends))
        {
            await client.Befriend(popular, friend, cancellation);
        }

        await ClosedLoop.LeaveSocketThread();
        var page = HttpRequestBytes.Get(server.Endpoint, $"/friends?limit={Friends}", popular.Token);
        await Measure($"page of {Friends} friends", _ => new RepeatedExchange([page], Friends * LeastBytesPerFriend));

        async Task Measure(string what, Func<int, IExchange> exchange)
        {
            var exchanges = Enumerable.Range(0, Connections).Select(exchange).ToArray();
            context.Progress.Step($"friends, {what}: warming up");
            await context.Echo.Measure(Connections, context.Options.Pace, cancellation);
            await RunAsync();
            var pairs = await context.AlternateAsync($"friends, {what}", Connections, RunAsync, cancellation);
            AddFigures(context.Report, what, pairs);

            Task<LoopResult> RunAsync() =>
                ClosedLoop.Run(server.Endpoint, exchanges, context.Options.Pace, server.Usage, cancellation);
        }
    }

    private static SequenceExchange Pair(ServerProcess server, Account one, Account other) => new(
    [
        (HttpRequestBytes.Post(server.Endpoint, "/friends/request", one.Token, $$"""{"target_user_id":{{other.Id}}}"""), 201),
        (HttpRequestBytes.Post(server.Endpoint, "/friends/accept", other.Token, $$"""{"requester_id":{{one.Id}}}"""), 200),
        (HttpRequestBytes.Get(server.Endpoint, "/friends", one.Token), 200),
        (HttpRequestBytes.Delete(server.Endpoint, $"/friends/{other.Id}", one.Token), 204),
    ]);

    private void AddFigures(Report report, string what, IReadOnlyList<(LoopResult Server, LoopResult Echo)> pairs)
    {
        report.Add(Figure.Beside(Name, $"{what}: requests", "/s", [.. pairs.Select(p => (p.Server.PerSecond, p.Echo.PerSecond))]));
        foreach (var share in new[] { 0.5, 0.99 })
        {
            report.Add(Figure.Beside(Name, $"{what}: p{100 * share:0}", "ms", [.. pairs.Select(p => (Of(p.Server), Of(p.Echo)))]));

            double Of(LoopResult result) => result.Latency.PercentileMilliseconds(share);
        }

        report.AddCores(Name, $"{what}:", pairs);
    }
}
