using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace BigTech.Load;

/// <summary>The duration of a measurement, and of the warm-up before it, which is not counted.</summary>
internal sealed record Pace(TimeSpan WarmUp, TimeSpan Duration)
{
    /// <summary>The time from one request of a connection to its next; null sends the next one as soon as the answer has arrived.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long the last answers may take after the measurement before the server counts as hung.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>The result of one measurement.</summary>
internal sealed record LoopResult(
    long Requests,
    double Seconds,
    LatencyHistogram Latency,
    IReadOnlyDictionary<string, long> Failures,
    CoresUsed Cores)
{
    public double PerSecond => Requests / Seconds;

    public long Failed => Failures.Values.Sum();

    /// <summary>The failures in one line, most frequent first.</summary>
    public string FailureText => string.Join(", ", Failures.OrderByDescending(f => f.Value)
        .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Value} x {f.Key}")));
}

/// <summary>
/// The cores that each used during a measurement. Use by other processes makes all figures worse; NaN where it is unknown.
/// </summary>
internal readonly record struct CoresUsed(double Target, double Driver, double Others);

/// <summary>
/// N connections, each of which sends a request, waits for the answer and repeats. With an interval, each starts one request per interval
/// instead: this shows latency at a load that does not depend on the server's speed.
/// </summary>
internal sealed class ClosedLoop
{
    private const int MaxFailuresPerConnection = 50;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(20);

    private readonly IPEndPoint _endpoint;
    private readonly Pace _pace;
    private readonly long _from;
    private readonly long _until;

    private ClosedLoop(IPEndPoint endpoint, Pace pace)
    {
        _endpoint = endpoint;
        _pace = pace;
        _from = Stopwatch.GetTimestamp() + Ticks(pace.WarmUp);
        _until = _from + Ticks(pace.Duration);
    }

    /// <summary>Runs one measurement with one connection per exchange.</summary>
    public static async Task<LoopResult> Run(
        IPEndPoint endpoint, IReadOnlyList<IExchange> exchanges, Pace pace, ProcessUsage? target, CancellationToken cancellation)
    {
        var connections = await Task.WhenAll(exchanges.Select(_ => HttpConnection.Open(endpoint, cancellation)));
        var loop = new ClosedLoop(endpoint, pace);
        var lanes = exchanges
            .Select((exchange, index) => new Lane(exchange, connections[index], (double)index / exchanges.Count))
            .ToArray();
        try
        {
            var usage = loop.MeasureUsage(target, cancellation);
            await Task.WhenAll(lanes.Select(lane => loop.RunLane(lane, cancellation)))
                .WaitAsync(pace.WarmUp + pace.Duration + pace.AnswerWithin, cancellation);
            return Sum(lanes, pace.Duration, await usage);
        }
        catch (TimeoutException)
        {
            throw new LoadException($"an answer of {endpoint} took longer than {pace.AnswerWithin.TotalSeconds} s");
        }
        finally
        {
            Array.ForEach(lanes, lane => lane.Connection.Dispose());
            await LeaveSocketThread();
        }
    }

    /// <summary>
    /// Socket completions run on the socket thread itself. A caller that awaited one continues elsewhere before it does slow work.
    /// </summary>
    // Not a method that awaits: it could complete before its caller awaits it, and the caller would stay on the socket thread.
    public static ConfiguredTaskAwaitable LeaveSocketThread() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    private async Task RunLane(Lane lane, CancellationToken cancellation)
    {
        var dueAt = Stopwatch.GetTimestamp() + (long)(lane.Phase * Ticks(_pace.Interval ?? TimeSpan.Zero));
        while (!cancellation.IsCancellationRequested)
        {
            var startedAt = await WaitForTurn(dueAt, cancellation);
            dueAt += Ticks(_pace.Interval ?? TimeSpan.Zero);
            if (Stopwatch.GetTimestamp() >= _until)
            {
                return;
            }

            try
            {
                var status = await lane.Connection.Exchange(lane.Exchange.Next(startedAt));
                var answeredAt = Stopwatch.GetTimestamp();
                var accepted = lane.Exchange.Accept(status, lane.Connection.Body, answeredAt);
                if (answeredAt >= _from && answeredAt < _until)
                {
                    lane.Count(accepted, status, answeredAt - startedAt);
                }

                if (!accepted)
                {
                    await Recover(lane, reconnect: false, cancellation);
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                lane.CountFailure(e.Message);
                await Recover(lane, reconnect: true, cancellation);
            }
        }
    }

    /// <summary>
    /// The time from which the next request counts: now, or its due time if the previous answer came too late for that. Otherwise a stall
    /// would hide the delay of the requests that it held up.
    /// </summary>
    private async ValueTask<long> WaitForTurn(long dueAt, CancellationToken cancellation)
    {
        if (_pace.Interval is not null)
        {
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), dueAt);
            if (wait <= TimeSpan.Zero)
            {
                return dueAt;
            }

            await Task.Delay(wait, cancellation);
        }

        return Stopwatch.GetTimestamp();
    }

    private async Task Recover(Lane lane, bool reconnect, CancellationToken cancellation)
    {
        if (++lane.Recoveries > MaxFailuresPerConnection)
        {
            throw new LoadException($"too many failures at {_endpoint}: {lane.FirstFailure}");
        }

        await Task.Delay(PauseAfterFailure, cancellation);
        if (reconnect && Stopwatch.GetTimestamp() < _until)
        {
            lane.Connection.Dispose();
            lane.Connection = await HttpConnection.Open(_endpoint, cancellation);
        }
    }

    private async Task<CoresUsed> MeasureUsage(ProcessUsage? target, CancellationToken cancellation)
    {
        using var own = ProcessUsage.OfThisProcess();
        await Task.Delay(_pace.WarmUp, cancellation);
        var clock = Stopwatch.StartNew();
        var before = Seconds();
        await Task.Delay(_pace.Duration, cancellation);
        var after = Seconds();
        var (ofTarget, ofDriver) = (PerSecond(after.Target - before.Target), PerSecond(after.Driver - before.Driver));
        return new CoresUsed(ofTarget, ofDriver, Math.Max(0, PerSecond(after.All - before.All) - ofTarget - ofDriver));

        (double Target, double Driver, double All) Seconds() =>
            (target?.ProcessorTime.TotalSeconds ?? double.NaN, own.ProcessorTime.TotalSeconds, Machine.BusySeconds() ?? double.NaN);

        double PerSecond(double seconds) => seconds / clock.Elapsed.TotalSeconds;
    }

    private static LoopResult Sum(Lane[] lanes, TimeSpan duration, CoresUsed cores)
    {
        var latency = new LatencyHistogram();
        Array.ForEach(lanes, lane => latency.Add(lane.Latency));
        var failures = lanes.SelectMany(lane => lane.Failures).GroupBy(f => f.Key)
            .ToDictionary(group => group.Key, group => group.Sum(f => f.Value));
        return new LoopResult(latency.Count, duration.TotalSeconds, latency, failures, cores);
    }

    private static long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);

    private sealed class Lane(IExchange exchange, HttpConnection connection, double phase)
    {
        /// <summary>The start within the first interval, from 0 to 1, so that the connections do not start together.</summary>
        public double Phase { get; } = phase;

        public IExchange Exchange { get; } = exchange;

        public HttpConnection Connection { get; set; } = connection;

        public LatencyHistogram Latency { get; } = new();

        public Dictionary<string, long> Failures { get; } = [];

        public int Recoveries { get; set; }

        public string FirstFailure => Failures.Keys.FirstOrDefault() ?? "an unexpected answer";

        public void Count(bool accepted, int status, long ticks)
        {
            if (accepted)
            {
                Latency.RecordTicks(ticks);
            }
            else
            {
                CountFailure(string.Create(CultureInfo.InvariantCulture, $"status {status}"));
            }
        }

        public void CountFailure(string what) => Failures[what] = Failures.GetValueOrDefault(what) + 1;
    }
}
