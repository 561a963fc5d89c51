namespace BigTech.Load.Scenarios;

/// <summary>
/// The gateway in front of the echo, compared with bare YARP in front of the same echo: the cost of authentication, request limits and
/// request ids. One connection shows the added latency; many connections show the throughput.
/// </summary>
internal sealed class GatewayScenario : IScenario
{
    private const int Many = 64;
    private const double MaxAdded = 1.5;
    private const double LeastRatio = 0.7;

    public string Name => "gateway";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        if (context.Options.ServerDll is not { } dll)
        {
            throw new LoadException("needs a server that it starts itself");
        }

        await using var users = await context.StartServer(cheapPasswords: true, cancellation);
        using var client = new ChatSetup(users.Address);
        var account = (await client.CreateAccounts(1, cancellation))[0];
        await using var bare = await ProxyProcess.StartBare(context.Echo.Endpoint, cancellation);
        await using var gateway = await ProxyProcess.StartGateway(dll, users.Endpoint, context.Echo.Endpoint, cancellation);

        var alone = await AlternateAsync(1);
        context.Report.Add(new Figure(Name, "added to the median of an answer", "ms",
            new Samples(alone.Select(run => Median(run.Gateway) - Median(run.Direct))))
        {
            Goal = Goal.AtMost(MaxAdded),
        });
        context.Report.Add(
            new Figure(Name, "bare YARP adds", "ms", new Samples(alone.Select(run => Median(run.Bare) - Median(run.Direct)))));
        var many = await AlternateAsync(Many);
        context.Report.Add(
            Figure.Beside(Name, $"requests with {Many} connections (beside bare YARP)", "/s",
                [.. many.Select(run => (run.Gateway.PerSecond, run.Bare.PerSecond))])
            with
            { Goal = Goal.RatioAtLeast(LeastRatio) });
        context.Report.Add(Figure.Beside(
            Name, $"p99 with {Many} connections (beside bare YARP)", "ms",
            [.. many.Select(run => (run.Gateway.Latency.PercentileMilliseconds(0.99), run.Bare.Latency.PercentileMilliseconds(0.99)))]));

        async Task<List<(LoopResult Direct, LoopResult Bare, LoopResult Gateway)>> AlternateAsync(int connections)
        {
            var runs = new List<(LoopResult, LoopResult, LoopResult)>();
            for (var repeat = 0; repeat <= context.Options.Repeat; repeat++)
            {
                await client.RefreshTokens([account], cancellation);
                context.Progress.Step(
                    $"gateway, {connections} connections, {(repeat == 0 ? "warming up" : $"repeat {repeat} of {context.Options.Repeat}")}");
                var direct = await context.Echo.Measure(connections, context.Options.Pace, cancellation);
                var (bareResult, gatewayResult) = (await Measure(bare, connections), await Measure(gateway, connections));
                context.Report.Check("gateway", gatewayResult);
                context.Report.Check("bare YARP", bareResult);
                if (repeat > 0)
                {
                    runs.Add((direct, bareResult, gatewayResult));
                }
            }

            return runs;
        }

        Task<LoopResult> Measure(ProxyProcess proxy, int connections)
        {
            var exchanges = Enumerable.Range(0, connections)
                .Select(_ => new EchoExchange(proxy.Endpoint, EchoServer.MessagesPath, account.Token)).ToArray();
            return ClosedLoop.Run(proxy.Endpoint, exchanges, context.Options.Pace, proxy.Usage, cancellation);
        }
    }

    private static double Median(LoopResult result) => result.Latency.PercentileMilliseconds(0.5);
}
