using System.Globalization;
using System.Text.Json.Nodes;

namespace BigTech.Load.Scenarios;

/// <summary>
/// Do 50 concurrent sign-ins, at the server's default password cost, slow down the senders? Measured at a steady rate of sends, as users
/// produce it, and at the highest rate that 16 connections reach.
/// </summary>
internal sealed class SignInScenario : IScenario
{
    private const int Senders = 16;
    private const int ConcurrentSignIns = 50;
    private const int LeastTokenBytes = 100;
    private const double MaxSteadyP99Milliseconds = 50;
    private static readonly TimeSpan SteadyInterval = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan StormDrainsWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StormBuildsUp = TimeSpan.FromMilliseconds(500);

    public string Name => "signin";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        await using var server = await context.StartServer(cheapPasswords: false, cancellation);
        using var client = new ChatSetup(server.Address);
        context.Progress.Step("signin: creating users and rooms at the default password cost");
        var conversations = await SendsScenario.CreateConversations(client, Senders, cancellation);
        var crowd = await client.CreateAccounts(ConcurrentSignIns, cancellation);

        context.Progress.Step("signin: warming up");
        await context.Echo.Measure(Senders, context.Options.Pace, cancellation);
        await SendAsync(context.Options.Pace);
        await Measure("steady 200 sends/s", context.Options.Pace with { Interval = SteadyInterval }, isJudged: true);
        await Measure("16 conns at full speed", context.Options.Pace, isJudged: false);

        async Task Measure(string what, Pace pace, bool isJudged)
        {
            var results = new List<Beside>();
            for (var repeat = 1; repeat <= context.Options.Repeat; repeat++)
            {
                var step = $"signin, {what}, repeat {repeat} of {context.Options.Repeat}";
                context.Progress.Step($"{step}: echo");
                var exchanges = Enumerable.Range(0, Senders).Select(_ => new EchoExchange(context.Echo.Endpoint)).ToArray();
                var echo = await ClosedLoop.Run(context.Echo.Endpoint, exchanges, pace, context.Echo.Usage, cancellation);
                context.Progress.Step($"{step}: sends alone");
                var alone = await SendAsync(pace);
                context.Progress.Step($"{step}: sends beside {ConcurrentSignIns} sign-ins at once");
                var storm = StormAsync(pace);
                await Task.Delay(StormBuildsUp, cancellation);
                var during = await SendAsync(pace);
                results.Add(new Beside(echo, alone, during, await storm));
                LogProgress(context, results[^1]);
            }

            AddFigures(context.Report, what, results, isJudged);
        }

        Task<LoopResult> SendAsync(Pace pace) =>
            SendsScenario.MeasureSends(server, client, conversations, pace, context.Report, cancellation);

        Task<LoopResult> StormAsync(Pace pace)
        {
            var signIns = crowd.Select(account => new RepeatedExchange([SignInRequest(server, account)], LeastTokenBytes)).ToArray();
            var whole = new Pace(TimeSpan.Zero, StormBuildsUp + pace.WarmUp + pace.Duration) { AnswerWithin = StormDrainsWithin };
            return ClosedLoop.Run(server.Endpoint, signIns, whole, server.Usage, cancellation);
        }
    }

    private static byte[] SignInRequest(ServerProcess server, Account account)
    {
        var body = new JsonObject { ["email"] = account.Email, ["password"] = ChatSetup.Password };
        return HttpRequestBytes.Post(server.Endpoint, "/auth/login", token: null, body.ToJsonString());
    }

    private static void LogProgress(LoadContext context, Beside result)
    {
        context.Report.Check("signin, sends alone", result.Alone);
        context.Report.Check("signin, sends beside the storm", result.During);
        context.Report.Check("signin, sign-ins", result.Storm);
        context.Progress.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"sends alone {result.Alone.PerSecond:N0}/s p50 {P50(result.Alone):0.0} p99 {P99(result.Alone):0.0} ms; beside the storm"
            + $" {result.During.PerSecond:N0}/s p50 {P50(result.During):0.0} p99 {P99(result.During):0.0} ms;"
            + $" {result.Storm.PerSecond:0.0} sign-ins/s"));
    }

    private void AddFigures(Report report, string what, List<Beside> results, bool isJudged)
    {
        Add("sends alone", "/s", r => r.Alone.PerSecond, r => r.Echo.PerSecond);
        Add("sends beside the storm", "/s", r => r.During.PerSecond, r => r.Echo.PerSecond);
        Add("p50 alone", "ms", r => P50(r.Alone), r => P50(r.Echo));
        Add("p50 beside the storm", "ms", r => P50(r.During), r => P50(r.Echo));
        Add("p99 alone", "ms", r => P99(r.Alone), r => P99(r.Echo));
        Add("p99 beside the storm", "ms", r => P99(r.During), r => P99(r.Echo), isJudged ? Goal.AtMost(MaxSteadyP99Milliseconds) : null);
        report.Add(new Figure(Name, $"{what}: sign-ins", "/s", new Samples(results.Select(r => r.Storm.PerSecond))));
        report.Add(new Figure(Name, $"{what}: sign-in p50", "ms", new Samples(results.Select(r => P50(r.Storm)))));

        void Add(string name, string unit, Func<Beside, double> server, Func<Beside, double> echo, Goal? goal = null) =>
            report.Add(Figure.Beside(Name, $"{what}: {name}", unit, [.. results.Select(r => (server(r), echo(r)))]) with { Goal = goal });
    }

    private static double P50(LoopResult result) => result.Latency.PercentileMilliseconds(0.5);

    private static double P99(LoopResult result) => result.Latency.PercentileMilliseconds(0.99);

    /// <summary>The results of one repeat.</summary>
    private sealed record Beside(LoopResult Echo, LoopResult Alone, LoopResult During, LoopResult Storm);
}
