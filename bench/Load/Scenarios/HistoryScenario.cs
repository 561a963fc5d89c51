namespace BigTech.Load.Scenarios;

/// <summary>Pages of 50 messages from rooms with a long history: the newest page, and older pages.</summary>
internal sealed class HistoryScenario : IScenario
{
    private const int Connections = 64;
    private const int Rooms = 4;
    private const int MessagesPerRoom = 2000;
    private const int WritersPerRoom = 8;
    private const int Page = 50;
    private const int PagesInTurn = 37;
    private const int LeastBytesPerMessage = 100;
    private const double LeastRatio = 0.15;

    public string Name => "history";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        await using var server = await context.StartServer(cheapPasswords: true, cancellation);
        using var client = new ChatSetup(server.Address);
        context.Progress.Step($"history: writing {Rooms} rooms of {MessagesPerRoom} messages");
        var accounts = await client.CreateAccounts(2 * Rooms, cancellation);
        var rooms = await client.CreateDirectRooms(accounts, cancellation);
        await Task.WhenAll(rooms.Select((room, index) => Fill(server, accounts[2 * index], room, cancellation)));
        await ClosedLoop.LeaveSocketThread();
        await CheckPages(context, client, accounts[0], rooms[0], cancellation);

        await Measure("newest page of 50", (room, _) => $"/messages/{room}?limit={Page}");
        await Measure(
            "older page of 50", (room, random) => $"/messages/{room}?limit={Page}&before={random.Next(Page + 1, MessagesPerRoom)}");

        async Task Measure(string what, Func<long, Random, string> path)
        {
            await client.RefreshTokens(accounts, cancellation);
            var exchanges = Enumerable.Range(0, Connections).Select(Exchange).ToArray();
            context.Progress.Step($"history, {what}: warming up");
            await context.Echo.Measure(Connections, context.Options.Pace, cancellation);
            await ReadAsync();
            var pairs = await context.AlternateAsync($"history, {what}", Connections, ReadAsync, cancellation);
            AddFigures(context.Report, what, pairs);

            Task<LoopResult> ReadAsync() =>
                ClosedLoop.Run(server.Endpoint, exchanges, context.Options.Pace, server.Usage, cancellation);

            RepeatedExchange Exchange(int connection)
            {
                var random = new Random(connection);
                var reader = accounts[connection % accounts.Length];
                var room = rooms[connection % accounts.Length / 2];
                var requests = Enumerable.Range(0, PagesInTurn)
                    .Select(_ => HttpRequestBytes.Get(server.Endpoint, path(room, random), reader.Token));
                return new RepeatedExchange([.. requests], Page * LeastBytesPerMessage);
            }
        }
    }

    private static Task Fill(ServerProcess server, Account author, long room, CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, WritersPerRoom).Select(async _ =>
        {
            using var connection = await HttpConnection.Open(server.Endpoint, cancellation);
            var post = new NumberedPost(server.Endpoint, $"/messages/{room}", author.Token);
            for (var i = 0; i < MessagesPerRoom / WritersPerRoom; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var status = await connection.Exchange(post.Next());
                if (status != 201)
                {
                    throw new LoadException($"a send was answered with {status}");
                }
            }
        }));

    private static async Task CheckPages(
        LoadContext context, ChatSetup client, Account reader, long room, CancellationToken cancellation)
    {
        foreach (var before in new long?[] { null, MessagesPerRoom / 2 })
        {
            var count = await client.CountPage(reader, room, Page, before, cancellation);
            if (count != Page)
            {
                context.Report.Problem($"history: a page of {Page} before {before} has {count} messages");
            }
        }
    }

    private void AddFigures(Report report, string what, IReadOnlyList<(LoopResult Server, LoopResult Echo)> pairs)
    {
        report.Add(Figure.Beside(Name, $"{what}: reads", "/s", [.. pairs.Select(p => (p.Server.PerSecond, p.Echo.PerSecond))]) with
        {
            Goal = Goal.RatioAtLeast(LeastRatio),
        });
        foreach (var share in new[] { 0.5, 0.99 })
        {
            report.Add(Figure.Beside(Name, $"{what}: p{100 * share:0}", "ms", [.. pairs.Select(p => (Of(p.Server), Of(p.Echo)))]));

            double Of(LoopResult result) => result.Latency.PercentileMilliseconds(share);
        }

        report.AddCores(Name, $"{what}:", pairs);
    }
}
