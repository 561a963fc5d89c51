using System.Globalization;

namespace BigTech.Load.Scenarios;

/// <summary>
/// Sends at this server and at another build of it. Both run all the time and are measured alternately, so that other load on the machine
/// affects both. The order alternates between repeats, because the first of two measurements is slower by its position alone.
/// </summary>
internal sealed class TurnsScenario : IScenario
{
    public string Name => "turns";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        var options = context.Options;
        var otherBuild = context with { Options = options with { ServerDll = options.BesideDll } };
        await using var current = await StartCandidate(context, "this build", cancellation);
        await using var other = await StartCandidate(otherBuild, "the other build", cancellation);
        foreach (var connections in options.Connections)
        {
            var pairs = new List<(LoopResult Current, LoopResult Other)>();
            for (var repeat = 1; repeat <= options.Repeat; repeat++)
            {
                context.Progress.Step($"turns, {connections} connections, repeat {repeat} of {options.Repeat}");
                var currentFirst = repeat % 2 == 1;
                var first = await (currentFirst ? current : other).Measure(context, connections, cancellation);
                var second = await (currentFirst ? other : current).Measure(context, connections, cancellation);
                pairs.Add(currentFirst ? (first, second) : (second, first));
                var ratio = pairs[^1].Current.PerSecond / pairs[^1].Other.PerSecond;
                context.Progress.Note(string.Create(CultureInfo.InvariantCulture,
                    $"{pairs[^1].Current.PerSecond:N0}/s beside {pairs[^1].Other.PerSecond:N0}/s; ratio {ratio:0.000}"));
            }

            Add("sends", "/s", result => result.PerSecond);
            Add("processor time per send", "us", result => 1e6 * result.Cores.Target / result.PerSecond);
            Add("p99", "ms", result => result.Latency.PercentileMilliseconds(0.99));

            void Add(string name, string unit, Func<LoopResult, double> of) => context.Report.Add(Figure.Beside(
                Name, $"{connections} conn: {name} (beside the other build)", unit,
                [.. pairs.Select(pair => (of(pair.Current), of(pair.Other)))]));
        }
    }

    private static async Task<Candidate> StartCandidate(LoadContext context, string name, CancellationToken cancellation)
    {
        context.Progress.Step($"turns: {name}");
        var server = await context.StartServer(cheapPasswords: true, cancellation);
        var client = new ChatClient(server.Address);
        try
        {
            var max = context.Options.Connections.Max();
            var conversations = await SendsScenario.CreateConversations(client, max, cancellation);
            var candidate = new Candidate(server, client, conversations);
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

    private sealed class Candidate(ServerProcess server, ChatClient client, Conversation[] conversations) : IAsyncDisposable
    {
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
