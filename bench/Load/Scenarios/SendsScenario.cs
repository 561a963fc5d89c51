using System.Diagnostics;

namespace BigTech.Load.Scenarios;

/// <summary>
/// Durable sends, each connection in a 1:1 room of its own with one live subscriber that checks that no event is missing, duplicated or out
/// of order.
/// </summary>
internal sealed class SendsScenario : IScenario
{
    /// <summary>The number of connections to which the goals apply.</summary>
    private const int JudgedConnections = 64;
    private const double LeastRatio = 0.25;
    private const double MaxP99Milliseconds = 50;
    private static readonly TimeSpan DeliverWithin = TimeSpan.FromSeconds(10);
    private static readonly (string Name, double Share)[] Percentiles = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)];

    public string Name => "sends";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        await using var server = await context.StartServer(cheapPasswords: true, cancellation);
        using var client = new ChatSetup(server.Address);
        context.Progress.Step("sends: creating users and rooms");
        var conversations = await CreateConversations(client, context.Options.Connections.Max(), cancellation);
        context.Progress.Step("sends: warming up");
        await WarmUp(context, server, client, conversations, cancellation);
        foreach (var connections in context.Options.Connections)
        {
            var used = conversations[..connections];
            var deliveries = new List<(LatencyHistogram Whole, LatencyHistogram AfterAnswer)>();
            var pairs = await context.AlternateAsync($"sends, {connections} connections", connections, Measure, cancellation);
            AddFigures(context.Report, connections, pairs, deliveries);

            async Task<LoopResult> Measure()
            {
                var result = await MeasureSends(server, client, used, context.Options.Pace, context.Report, cancellation);
                deliveries.Add((Merge(used.Select(c => c.Delivery)), Merge(used.Select(c => c.DeliveryAfterAnswer))));
                return result;
            }
        }
    }

    /// <summary>Creates pairs of new users, each with a room.</summary>
    public static async Task<Conversation[]> CreateConversations(ChatSetup client, int count, CancellationToken cancellation)
    {
        var accounts = await client.CreateAccounts(2 * count, cancellation);
        var rooms = await client.CreateDirectRooms(accounts, cancellation);
        return [.. rooms.Select((room, index) => new Conversation(accounts[2 * index], accounts[(2 * index) + 1], room))];
    }

    /// <summary>One measurement: opens the streams, sends, waits for the events in flight, and checks every stream.</summary>
    public static async Task<LoopResult> MeasureSends(
        ServerProcess server, ChatSetup client, Conversation[] used, Pace pace, Report report, CancellationToken cancellation)
    {
        await client.RefreshTokens([.. used.SelectMany(c => new[] { c.Sender, c.Subscriber })], cancellation);
        try
        {
            await Task.WhenAll(used.Select(c => c.Begin(server.Endpoint, pace.WarmUp, cancellation)));
            var result = await ClosedLoop.Run(server.Endpoint, used, pace, server.Usage, cancellation);
            await CheckDeliveries(used, report, cancellation);
            return result;
        }
        finally
        {
            Array.ForEach(used, conversation => conversation.Dispose());
        }
    }

    private static async Task WarmUp(
        LoadContext context, ServerProcess server, ChatSetup client, Conversation[] conversations, CancellationToken cancellation)
    {
        var pace = context.Options.Pace;
        await context.Echo.Measure(conversations.Length, pace, cancellation);
        await MeasureSends(server, client, conversations, pace, context.Report, cancellation);
    }

    private static async Task CheckDeliveries(Conversation[] used, Report report, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (!used.All(c => c.IsDelivered) && clock.Elapsed < DeliverWithin)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellation);
        }

        var behind = used.Count(c => !c.IsDelivered);
        if (behind > 0)
        {
            report.Problem(
                $"sends: {behind} of {used.Length} subscribers lacked an acknowledged message after {DeliverWithin.TotalSeconds} s");
        }

        foreach (var violation in used.Select(c => c.Violation ?? c.StreamFailure).OfType<string>().Distinct().Take(5))
        {
            report.Problem($"sends: {violation}");
        }
    }

    private void AddFigures(
        Report report,
        int connections,
        IReadOnlyList<(LoopResult Server, LoopResult Echo)> pairs,
        List<(LatencyHistogram Whole, LatencyHistogram AfterAnswer)> deliveries)
    {
        var isJudged = connections == JudgedConnections;
        var prefix = $"{connections} conn:";
        report.Add(Figure.Beside(Name, $"{prefix} durable sends", "/s", [.. pairs.Select(p => (p.Server.PerSecond, p.Echo.PerSecond))]) with
        {
            Goal = isJudged ? Goal.RatioAtLeast(LeastRatio) : null,
        });
        foreach (var (name, share) in Percentiles)
        {
            report.Add(Latencies($"{prefix} {name}", latency => latency.PercentileMilliseconds(share)) with
            {
                Goal = isJudged && name == "p99" ? Goal.AtMost(MaxP99Milliseconds) : null,
            });
        }

        report.Add(Latencies($"{prefix} max", latency => latency.MaxMilliseconds));
        AddDelivery("send to event p50", d => d.Whole.PercentileMilliseconds(0.5));
        AddDelivery("send to event p99", d => d.Whole.PercentileMilliseconds(0.99));
        AddDelivery("answer to event p99", d => d.AfterAnswer.PercentileMilliseconds(0.99));
        report.AddCores(Name, prefix, pairs);

        Figure Latencies(string name, Func<LatencyHistogram, double> of) =>
            Figure.Beside(Name, name, "ms", [.. pairs.Select(p => (of(p.Server.Latency), of(p.Echo.Latency)))]);

        void AddDelivery(string name, Func<(LatencyHistogram Whole, LatencyHistogram AfterAnswer), double> of) =>
            report.Add(new Figure(Name, $"{prefix} {name}", "ms", new Samples(deliveries.Select(of))));
    }

    private static LatencyHistogram Merge(IEnumerable<LatencyHistogram> parts)
    {
        var all = new LatencyHistogram();
        foreach (var part in parts)
        {
            all.Add(part);
        }

        return all;
    }
}
