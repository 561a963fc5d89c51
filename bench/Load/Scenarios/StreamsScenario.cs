using System.Diagnostics;
using System.Globalization;

namespace BigTech.Load.Scenarios;

/// <summary>
/// Memory of idle streams: half of them follow one room, half all rooms of their user. The one-time cost of the first stream is included,
/// spread over all.
/// </summary>
internal sealed class StreamsScenario : IScenario
{
    private const int StreamsPerUser = 50;
    private const double MaxKilobytesPerStream = 24;
    private static readonly string[] GaugeWords = ["stream", "open"];
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(20);

    public string Name => "streams";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        var count = context.Options.IdleStreams;
        Machine.RequireOpenFiles(count, "--streams");
        context.Progress.Step($"streams: {count} bare streams held by the echo");
        var echo = await MeasureEcho(context, count, cancellation);

        await using var server = await context.StartServer(cheapPasswords: true, cancellation);
        using var client = new ChatSetup(server.Address, server.Metrics);
        context.Progress.Step("streams: creating users and rooms");
        var pairs = (int)Math.Ceiling(count / (2.0 * StreamsPerUser));
        var accounts = await client.CreateAccounts(2 * pairs, cancellation);
        var rooms = await client.CreateDirectRooms(accounts, cancellation);

        context.Progress.Step("streams: letting the server's memory settle");
        var before = await Settle(server.Usage, cancellation);
        context.Progress.Step($"streams: opening {count}");
        var clock = Stopwatch.StartNew();
        using (var crowd = await StreamCrowd.Open(server.Endpoint, count, Request, new SilentListener(), cancellation))
        {
            var openSeconds = clock.Elapsed.TotalSeconds;
            context.Progress.Step($"streams: {count} open, letting the server's memory settle");
            var after = await Settle(server.Usage, cancellation);
            await CheckOpen(context, client, crowd, count, cancellation);
            AddFigures(context, count, before, after, echo, openSeconds);
        }

        context.Progress.Step("streams: closed, waiting until the server knows");
        await CheckClosed(context, client, cancellation);

        byte[] Request(int index)
        {
            var user = index % accounts.Length;
            var path = index / accounts.Length % 2 == 0 ? $"/messages/stream/{rooms[user / 2]}" : "/messages/stream";
            return HttpRequestBytes.GetStream(server.Endpoint, path, accounts[user].Token);
        }
    }

    private static async Task<double> MeasureEcho(LoadContext context, int count, CancellationToken cancellation)
    {
        await using var echo = await EchoProcess.Start(cancellation);
        var before = await Settle(echo.Usage, cancellation);
        var request = HttpRequestBytes.GetStream(echo.Endpoint, EchoServer.StreamPath, token: null);
        using var crowd = await StreamCrowd.Open(echo.Endpoint, count, _ => request, new SilentListener(), cancellation);
        var kilobytes = (await Settle(echo.Usage, cancellation) - before) / 1024.0 / count;
        context.Progress.Note(string.Create(CultureInfo.InvariantCulture, $"bare Kestrel: {kilobytes:0.0} KB per stream"));
        return kilobytes;
    }

    private static async Task<double> Settle(ProcessUsage? usage, CancellationToken cancellation) =>
        usage is null ? double.NaN : await usage.SettledResidentBytes(SettleWithin, cancellation);

    private void AddFigures(LoadContext context, int count, double before, double after, double echoKilobytes, double openSeconds)
    {
        if (!double.IsNaN(before))
        {
            var kilobytes = (after - before) / 1024 / count;
            context.Report.Add(Figure.Beside(Name, $"memory per stream, {count} idle", "KB", [(kilobytes, echoKilobytes)]) with
            {
                Goal = Goal.AtMost(MaxKilobytesPerStream),
            });
            context.Report.Add(new Figure(Name, "RSS before", "MB", Samples.One(before / 1e6)));
            context.Report.Add(new Figure(Name, $"RSS with {count} streams", "MB", Samples.One(after / 1e6)));
            context.Progress.Note(string.Create(
                CultureInfo.InvariantCulture, $"server: {before / 1e6:0} MB -> {after / 1e6:0} MB, {kilobytes:0.0} KB per stream"));
        }

        context.Report.Add(new Figure(Name, "streams opened", "/s", Samples.One(count / openSeconds)));
    }

    private async Task CheckOpen(LoadContext context, ChatSetup client, StreamCrowd crowd, int count, CancellationToken cancellation)
    {
        if (crowd.Ended > 0)
        {
            context.Report.Problem($"streams: {crowd.Ended} of {count} ended while idle: {crowd.FirstFailure}");
        }

        var counted = OpenStreams(await client.Metrics(cancellation));
        context.Report.Add(new Figure(Name, "open streams as /metrics counts them", "", Samples.One(counted ?? double.NaN)));
        if (counted is null || counted < count)
        {
            var found = counted?.ToString(CultureInfo.InvariantCulture) ?? "no";
            context.Report.Problem($"streams: /metrics counts {found} open streams of {count}");
        }
    }

    private static async Task CheckClosed(LoadContext context, ChatSetup client, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var counted = OpenStreams(await client.Metrics(cancellation));
        while (counted > 0 && clock.Elapsed < CloseWithin && context.Options.Url is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation);
            counted = OpenStreams(await client.Metrics(cancellation));
        }

        if (counted > 0 && context.Options.Url is null)
        {
            context.Report.Problem($"streams: /metrics still counts {counted} open {CloseWithin.TotalSeconds} s after all were closed");
        }
    }

    /// <summary>The sum of the gauge over its labels; null when there is no such gauge.</summary>
    private static double? OpenStreams(string metrics)
    {
        var samples = metrics.Split('\n')
            .Where(line => !line.StartsWith('#') && GaugeWords.All(line.Contains))
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .ToArray();
        return samples.Length == 0 ? null : samples.Sum(value => double.Parse(value, CultureInfo.InvariantCulture));
    }
}
