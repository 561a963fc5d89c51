using System.Diagnostics;
using System.Globalization;

namespace BigTech.Load.Scenarios;

/// <summary>
/// Users who connect and disconnect: the server's cost of each, the delay until a friend sees it, and the cost of thousands of idle online
/// users. The grace period is 0.2 s, so that no measurement waits for it, and a heartbeat lasts to the end.
/// </summary>
internal sealed class PresenceScenario : IScenario
{
    private const int Watched = 50;
    private const double MaxMillisecondsToFriend = 250;
    private const string OnlineGauge = "bigtech_presence_online";
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CalmDown = TimeSpan.FromSeconds(3);

    public string Name => "presence";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        var count = context.Options.PresentUsers;
        Machine.RequireOpenFiles(count, "--present-users");
        await using var server = await context.StartServer(
            cheapPasswords: true, cancellation, ("BIGTECH_Presence__GraceSeconds", "0.2"), ("BIGTECH_Presence__HeartbeatSeconds", "600"));
        using var client = new ChatSetup(server.Address);
        context.Progress.Step($"presence: creating {count} users");
        var accounts = await client.CreateAccounts(count, cancellation);
        await MeasureIdle(context, client, server, "nobody online", cancellation);

        var clock = Stopwatch.StartNew();
        context.Progress.Step($"presence: {count} open a stream");
        var before = server.Usage?.ProcessorTime;
        using (var crowd = await StreamCrowd.Open(server.Endpoint, count, Request, new SilentListener(), cancellation))
        {
            await WaitFor(client, online => online >= count, cancellation);
            Add(context, "users who came by a stream", "/s", count / clock.Elapsed.TotalSeconds);
            AddCost(context, "processor time to come, stream included", count, server.Usage?.ProcessorTime - before);
            await MeasureIdle(context, client, server, $"{count} online by streams", cancellation);
            if (crowd.Ended > 0) context.Report.Problem($"presence: {crowd.Ended} streams ended: {crowd.FirstFailure}");
            before = server.Usage?.ProcessorTime;
            clock.Restart();
            context.Progress.Step($"presence: {count} close it");
        }

        await WaitFor(client, online => online == 0, cancellation);
        Add(context, "users who went", "/s", count / clock.Elapsed.TotalSeconds);
        AddCost(context, "processor time to go, end of the stream included", count, server.Usage?.ProcessorTime - before);
        await MeasureHeartbeats(context, client, server, accounts, cancellation);
        await MeasureFriend(context, client, server, accounts, cancellation);

        byte[] Request(int index) => HttpRequestBytes.GetStream(server.Endpoint, "/online-status/stream", accounts[index].Token);
    }

    /// <summary>Every user sends a heartbeat: the first one makes the user online, the second one only extends that.</summary>
    private async Task MeasureHeartbeats(
        LoadContext context, ChatSetup client, ServerProcess server, Account[] accounts, CancellationToken cancellation)
    {
        foreach (var what in new[] { "by which a user comes", "of a user who is there" })
        {
            await client.RefreshTokens(accounts, cancellation);
            context.Progress.Step($"presence: heartbeats {what}");
            var before = server.Usage?.ProcessorTime;
            var clock = Stopwatch.StartNew();
            await SendHeartbeats(server, accounts, cancellation);
            Add(context, $"heartbeats {what}", "/s", accounts.Length / clock.Elapsed.TotalSeconds);
            AddCost(context, $"processor time of a heartbeat {what}", accounts.Length, server.Usage?.ProcessorTime - before);
        }

        await MeasureIdle(context, client, server, $"{accounts.Length} online by heartbeats", cancellation);
    }

    private static async Task SendHeartbeats(ServerProcess server, Account[] accounts, CancellationToken cancellation)
    {
        const int connections = 64;
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            using var connection = await HttpConnection.Open(server.Endpoint, cancellation);
            while (Interlocked.Increment(ref next) is var index && index < accounts.Length)
            {
                var request = HttpRequestBytes.Post(server.Endpoint, "/online-status/heartbeat", accounts[index].Token, "");
                var status = await connection.Exchange(request);
                if (status != 204) throw new LoadException($"a heartbeat was answered with {status}");
            }
        }));
    }

    /// <summary>From the request for a stream to the event at a friend, while all other users are online.</summary>
    private async Task MeasureFriend(
        LoadContext context, ChatSetup client, ServerProcess server, Account[] accounts, CancellationToken cancellation)
    {
        context.Progress.Step("presence: one comes, a friend hears of it");
        await client.RefreshTokens(accounts, cancellation);
        var pair = await client.CreateAccounts(2, cancellation);
        await client.Befriend(pair[0], pair[1], cancellation);
        var friend = new FriendListener();
        using var watching = await SseReader.Open(
            server.Endpoint, HttpRequestBytes.GetStream(server.Endpoint, "/online-status/stream", pair[0].Token), friend, cancellation);
        var coming = HttpRequestBytes.GetStream(server.Endpoint, "/online-status/stream", pair[1].Token);
        var came = new LatencyHistogram();
        for (var round = 0; round < Watched; round++)
        {
            var arrival = friend.Next("\"is_online\":true");
            var startedAt = Stopwatch.GetTimestamp();
            Task<long> left;
            using (await SseReader.Open(server.Endpoint, coming, new SilentListener(), cancellation))
            {
                came.RecordTicks(await arrival.WaitAsync(cancellation) - startedAt);
                left = friend.Next("\"is_online\":false");
            }

            await left.WaitAsync(cancellation);
        }

        context.Report.Add(new Figure(Name, $"from a stream's opening to the event at a friend, p99 of {Watched}", "ms",
            Samples.One(came.PercentileMilliseconds(0.99)))
        {
            Goal = Goal.AtMost(MaxMillisecondsToFriend),
        });
    }

    private async Task MeasureIdle(
        LoadContext context, ChatSetup client, ServerProcess server, string what, CancellationToken cancellation)
    {
        if (server.Usage is not { } usage) return;
        context.Progress.Step($"presence: idle, {what}");
        await client.Metrics(cancellation);
        await Task.Delay(CalmDown, cancellation);
        var seconds = Math.Max(10, context.Options.Seconds);
        var before = usage.ProcessorTime;
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);
        var cores = (usage.ProcessorTime - before).TotalSeconds / seconds;
        context.Report.Add(new Figure(Name, $"idle, {what}", "cores", Samples.One(cores)));
        context.Progress.Note(string.Create(CultureInfo.InvariantCulture, $"idle, {what}: {cores:0.0000} cores"));
    }

    private static async Task WaitFor(ChatSetup client, Func<double, bool> isEnough, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (!isEnough(Online(await client.Metrics(cancellation))))
        {
            if (clock.Elapsed > SettleWithin) throw new LoadException("the number of users online did not become what it should be");
            await Task.Delay(AskAgainAfter, cancellation);
        }
    }

    private static double Online(string metrics) => metrics.Split('\n')
        .Where(line => line.StartsWith(OnlineGauge, StringComparison.Ordinal))
        .Sum(line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));

    private void Add(LoadContext context, string name, string unit, double value)
    {
        context.Report.Add(new Figure(Name, name, unit, Samples.One(value)));
        context.Progress.Note(string.Create(CultureInfo.InvariantCulture, $"{name}: {value:0.0} {unit}"));
    }

    private void AddCost(LoadContext context, string name, int count, TimeSpan? spent)
    {
        if (spent is { } time) Add(context, name, "us", time.TotalMicroseconds / count);
    }

    /// <summary>Waits for the next event with a certain content.</summary>
    private sealed class FriendListener : ISseListener
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource<long> _arrival = new();
        private byte[] _awaited = [];

        public Task<long> Next(string text)
        {
            lock (_gate)
            {
                _awaited = System.Text.Encoding.UTF8.GetBytes(text);
                _arrival = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
                return _arrival.Task;
            }
        }

        public void OnEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, ReadOnlySpan<byte> data, long arrivedAt)
        {
            lock (_gate)
            {
                if (_awaited.Length > 0 && data.IndexOf(_awaited) >= 0) _arrival.TrySetResult(arrivedAt);
            }
        }
    }
}
