using System.Globalization;

namespace BigTech.Load.Scenarios;

/// <summary>
/// Sends at this server and at another build of it. Each repeat starts both anew, because a process keeps the pace that its compiled code
/// and memory happen to have: two processes of one build differ by more than most changes do. Both run side by side and are measured in
/// the order first, second, second, first, so that neither a trend of the machine nor the place in the order favours one. Which is first
/// alternates between repeats.
/// </summary>
internal sealed class TurnsScenario : IScenario
{
    public string Name => "turns";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        var options = context.Options;
        var pairs = options.Connections.ToDictionary(connections => connections, _ => new List<(Sends Current, Sends Other)>());
        for (var repeat = 1; repeat <= options.Repeat; repeat++)
        {
            await Measure(context, repeat, pairs, cancellation);
        }

        foreach (var (connections, measured) in pairs)
        {
            Add("sends", "/s", sends => sends.PerSecond);
            Add("processor time per send", "us", sends => sends.ProcessorMicroseconds);
            Add("p99", "ms", sends => sends.P99Milliseconds);

            void Add(string name, string unit, Func<Sends, double> of) => context.Report.Add(Figure.Beside(
                Name, $"{connections} conn: {name} (beside the other build)", unit,
                [.. measured.Select(pair => (of(pair.Current), of(pair.Other)))]));
        }
    }

    private static async Task Measure(
        LoadContext context, int repeat, Dictionary<int, List<(Sends Current, Sends Other)>> pairs, CancellationToken cancellation)
    {
        var step = $"turns, repeat {repeat} of {context.Options.Repeat}";
        var otherBuild = context with { Options = context.Options with { ServerDll = context.Options.BesideDll } };
        var isCurrentFirst = repeat % 2 == 1;
        var (firstBuild, secondBuild) = isCurrentFirst ? (context, otherBuild) : (otherBuild, context);
        await using var first = await Candidate.Start(firstBuild, $"{step}: first build", cancellation);
        await using var second = await Candidate.Start(secondBuild, $"{step}: second build", cancellation);
        foreach (var (connections, measured) in pairs)
        {
            context.Progress.Step($"{step}, {connections} connections");
            var results = new List<LoopResult>();
            foreach (var candidate in new[] { first, second, second, first })
            {
                results.Add(await candidate.Measure(context, connections, cancellation));
            }

            var (ofFirst, ofSecond) = (Sends.Of(results[0], results[3]), Sends.Of(results[1], results[2]));
            var pair = isCurrentFirst ? (Current: ofFirst, Other: ofSecond) : (Current: ofSecond, Other: ofFirst);
            measured.Add(pair);
            var ratio = pair.Current.PerSecond / pair.Other.PerSecond;
            context.Progress.Note(string.Create(CultureInfo.InvariantCulture,
                $"{pair.Current.PerSecond:N0}/s beside {pair.Other.PerSecond:N0}/s; ratio {ratio:0.000}"));
        }
    }

    /// <summary>Two measurements of one server.</summary>
    private readonly record struct Sends(double PerSecond, double ProcessorMicroseconds, double P99Milliseconds)
    {
        public static Sends Of(LoopResult one, LoopResult other) => new(
            (one.PerSecond + other.PerSecond) / 2,
            1e6 * (one.Cores.Target + other.Cores.Target) / (one.PerSecond + other.PerSecond),
            (one.Latency.PercentileMilliseconds(0.99) + other.Latency.PercentileMilliseconds(0.99)) / 2);
    }

    private sealed class Candidate(ServerProcess server, ChatSetup client, Conversation[] conversations) : IAsyncDisposable
    {
        /// <summary>Starts a server, creates the users and rooms, and warms it up.</summary>
        public static async Task<Candidate> Start(LoadContext context, string step, CancellationToken cancellation)
        {
            context.Progress.Step(step);
            var server = await context.StartServer(cheapPasswords: true, cancellation);
            var client = new ChatSetup(server.Address);
            try
            {
                var max = context.Options.Connections.Max();
                var candidate = new Candidate(
                    server, client, await SendsScenario.CreateConversations(client, max, cancellation));
                await candidate.Measure(context, max, cancellation);
                return candidate;
            }
            catch
            {
                client.Dispose();
                await server.DisposeAsync();
                throw;
            }
        }

        public async Task<LoopResult> Measure(LoadContext context, int connections, CancellationToken cancellation)
        {
            var result = await SendsScenario.MeasureSends(
                server, client, conversations[..connections], context.Options.Pace, context.Report, cancellation);
            context.Report.Check("turns", result);
            return result;
        }

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await server.DisposeAsync();
        }
    }
}
