using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace BigTech.Load.Scenarios;

/// <summary>
/// Can people still sign in while one network signs up 50 times a second? Sign-ins come at a steady rate from a network each, at the
/// server's default password cost: alone, beside the flood with the server's default limits, and beside it without the limit of sign-ups
/// per hour, so that only the queue of hashes protects them.
/// </summary>
internal sealed class SignUpFloodScenario : IScenario
{
    private const int SignUpsPerSecond = 50;
    private const int SignInsPerSecond = 5;
    private const int Users = 40;
    private const double MaxP99Milliseconds = 1000;
    private const string FloodingNetwork = "203.0.113.1";
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    private int _signUps;

    public string Name => "flood";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        foreach (var (what, perHour) in new[] { ("default limits", "20"), ("no limit per hour", "0") })
        {
            await using var server = await context.StartServer(
                cheapPasswords: false, cancellation, ("BIGTECH_Gateway__TrustedProxies", "127.0.0.1"),
                ("BIGTECH_Users__SignUpsPerHour", perHour), ("BIGTECH_Users__SignInsPerMinute", "60"),
                ("BIGTECH_Users__WaitingSignUpsPerNetwork", "3"), ("BIGTECH_Users__WaitingSignInsPerNetwork", "8"));
            using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address };
            context.Progress.Step($"flood, {what}: creating {Users} users, each in a network of its own");
            for (var user = 0; user < Users; user++)
            {
                var (status, _) = await Post(http, "/auth/register", NetworkOf(user), SignUpOf($"flood_user_{user}"), cancellation);
                if (status != HttpStatusCode.Created)
                {
                    throw new LoadException($"a sign-up before the flood was answered {(int)status}");
                }
            }

            context.Progress.Step($"flood, {what}: sign-ins alone");
            var alone = await SignIn(http, cancellation);
            context.Progress.Step($"flood, {what}: sign-ins beside {SignUpsPerSecond} sign-ups a second");
            var flood = Flood(http, cancellation);
            var beside = await SignIn(http, cancellation);
            var signUps = await flood;
            Report(context, what, alone, beside, signUps);
        }
    }

    private void Report(LoadContext context, string what, Answers alone, Answers beside, Answers signUps)
    {
        foreach (var (kind, answers) in new[] { ("alone", alone), ("beside the flood", beside) })
        {
            if (answers.RefusedShare > 0)
            {
                context.Report.Problem($"flood, {what}: {answers.RefusedShare:P1} of the sign-ins {kind} were refused");
            }

            var goal = kind == "alone" ? null : Goal.AtMost(MaxP99Milliseconds);
            context.Report.Add(new Figure(Name, $"{what}: sign-in p50 {kind}", "ms", Samples.One(answers.Milliseconds(0.5))));
            context.Report.Add(
                new Figure(Name, $"{what}: sign-in p99 {kind}", "ms", Samples.One(answers.Milliseconds(0.99))) { Goal = goal });
        }

        context.Report.Add(new Figure(Name, $"{what}: sign-ups refused", "%", Samples.One(100 * signUps.RefusedShare)));
        context.Progress.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"sign-ins alone p50 {alone.Milliseconds(0.5):0} p99 {alone.Milliseconds(0.99):0} ms; beside the flood"
            + $" p50 {beside.Milliseconds(0.5):0} p99 {beside.Milliseconds(0.99):0} ms, {beside.RefusedShare:P1} refused;"
            + $" sign-ups {signUps.RefusedShare:P1} refused"));
    }

    private static Task<Answers> SignIn(HttpClient http, CancellationToken cancellation) => AtRate(
        SignInsPerSecond,
        number => Post(http, "/auth/login", NetworkOf(number % Users), SignInOf($"flood_user_{number % Users}"), cancellation),
        HttpStatusCode.OK, cancellation);

    private Task<Answers> Flood(HttpClient http, CancellationToken cancellation) => AtRate(
        SignUpsPerSecond,
        _ => Post(http, "/auth/register", FloodingNetwork, SignUpOf($"flood_{Interlocked.Increment(ref _signUps)}"), cancellation),
        HttpStatusCode.Created, cancellation);

    /// <summary>Sends at a steady rate, whether earlier ones were answered or not.</summary>
    private static async Task<Answers> AtRate(
        int perSecond, Func<int, Task<(HttpStatusCode Status, TimeSpan Time)>> send, HttpStatusCode accepted,
        CancellationToken cancellation)
    {
        var answers = new ConcurrentBag<(HttpStatusCode Status, TimeSpan Time)>();
        var sent = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        var clock = Stopwatch.StartNew();
        for (var number = 0; clock.Elapsed < Duration; number++)
        {
            var current = number;
            sent.Add(Task.Run(async () => answers.Add(await send(current)), cancellation));
            await timer.WaitForNextTickAsync(cancellation);
        }

        await Task.WhenAll(sent);
        return new Answers([.. answers], accepted);
    }

    private static async Task<(HttpStatusCode Status, TimeSpan Time)> Post(
        HttpClient http, string path, string network, object body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Forwarded-For", network);
        var started = Stopwatch.GetTimestamp();
        using var response = await http.SendAsync(request, cancellation);
        return (response.StatusCode, Stopwatch.GetElapsedTime(started));
    }

    private static string NetworkOf(int user) => string.Create(CultureInfo.InvariantCulture, $"198.51.100.{user + 1}");

    private static object SignUpOf(string name) => new { email = $"{name}@example.com", username = name, password = ChatSetup.Password };

    private static object SignInOf(string name) => new { email = $"{name}@example.com", password = ChatSetup.Password };

    private sealed record Answers(IReadOnlyList<(HttpStatusCode Status, TimeSpan Time)> All, HttpStatusCode Accepted)
    {
        public double RefusedShare => All.Count(answer => answer.Status != Accepted) / (double)All.Count;

        /// <summary>The time that this share of the accepted ones took at most.</summary>
        public double Milliseconds(double share)
        {
            var times = All.Where(answer => answer.Status == Accepted).Select(answer => answer.Time.TotalMilliseconds).Order().ToList();
            return times.Count == 0 ? double.NaN : times[(int)Math.Ceiling(share * times.Count) - 1];
        }
    }
}
