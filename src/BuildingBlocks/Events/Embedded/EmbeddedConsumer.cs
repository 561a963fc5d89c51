using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.BuildingBlocks.Events.Embedded;

/// <summary>One consumer group on one topic of an event log: reads, handles and advances the offset; the last two in one commit.</summary>
internal sealed partial class EmbeddedConsumer : IConsumer
{
    private static readonly DialectSql SaveOffsetSql = Upsert.Replace(
        "INSERT INTO consumer_offsets (consumer_group, topic, position) VALUES (@group, @topic, @position)", key: "consumer_group, topic",
        "position");

    private readonly EventLog _log;
    private readonly BusOptions _options;
    private readonly int _batchSize;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DeadLetters _deadLetters;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private long _position;
    private long _batchStarted;
    private bool _hasStarted;
    private bool _keepsPace;

    public EmbeddedConsumer(Subscription subscription, EventLog log, BusOptions options, TimeProvider time, ILogger logger)
    {
        Subscription = subscription;
        _log = log;
        _options = options;
        _batchSize = subscription.Pace > TimeSpan.Zero ? options.PacedBatchSize : options.BatchSize;
        _time = time;
        _logger = logger;
        _deadLetters = new DeadLetters(subscription);
        _loop = Task.Run(() => new RetryLoop(options, time).Run(Step, error => LogStepFailed(error, Subscription.Group, Subscription.Topic),
            _stop.Token));
    }

    public Subscription Subscription { get; }

    public ValueTask<long> Lag(CancellationToken ct) => _log.CountAfter(Subscription.Topic, Volatile.Read(ref _position), ct);

    public ValueTask<long> DeadLetters(CancellationToken ct) => _deadLetters.Count(ct);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task Step(CancellationToken ct)
    {
        if (!_hasStarted) _position = await Subscription.Offset(ct);
        _hasStarted = true;
        if (_keepsPace) await KeepPace(ct);
        var appended = _log.NextAppend(Subscription.Topic);
        var events = await _log.Read(Subscription.Topic, _position, _batchSize, ct);
        if (events.Count == 0)
        {
            await appended.WaitAsync(ct);
            return;
        }
        _batchStarted = _time.GetTimestamp();
        _keepsPace = Subscription.Pace > TimeSpan.Zero && events.Count < _batchSize;
        if (await TryHandle(events, ct) is null) return;
        // An event in the batch fails: handle them one by one, so that only that event waits for its retries.
        foreach (var e in events)
        {
            if (e.Position > _position) await HandleWithRetries(e, ct);
        }
    }

    private async Task KeepPace(CancellationToken ct)
    {
        var rest = Subscription.Pace - _time.GetElapsedTime(_batchStarted);
        if (rest > TimeSpan.Zero) await Task.Delay(rest, _time, ct);
    }

    private async Task HandleWithRetries(EventEnvelope e, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await TryHandle([e], ct) is not { } error) return;
            LogAttemptFailed(error, e.Type, e.Id, attempt, Subscription.Group);
            if (attempt >= _options.Attempts)
            {
                await _deadLetters.Add(e, error, attempt, _time.GetUtcNow(), work => SaveOffset(work, e.Position));
                Volatile.Write(ref _position, e.Position);
                EventMetrics.DeadLettered(Subscription);
                return;
            }
            await Pause(attempt, ct);
        }
    }

    /// <summary>Handles events and advances the offset in one transaction; returns the error when nothing was committed.</summary>
    private async Task<Exception?> TryHandle(List<EventEnvelope> events, CancellationToken ct)
    {
        var (from, last) = (_position, events[^1].Position);
        var error = await Subscription.TryHandle(events, work =>
        {
            if (Subscription.Offset(work).Now() is var offset && offset != from) throw new OffsetMovedException(offset);
            SaveOffset(work, last);
        }, ct);
        if (error is null) Volatile.Write(ref _position, last);
        if (error is not OffsetMovedException moved) return error;
        Volatile.Write(ref _position, moved.Offset);
        return null;
    }

    /// <summary>The offset is not where this consumer left it: another replica of the group has handled events meanwhile.</summary>
    private sealed class OffsetMovedException(long offset) : Exception("Another replica has moved the offset.")
    {
        public long Offset { get; } = offset;
    }

    private void SaveOffset(UnitOfWork work, long position) =>
        work.Execute(SaveOffsetSql, new { group = Subscription.Group, topic = Subscription.Topic, position });

    private Task Pause(int attempt, CancellationToken ct) => Task.Delay(_options.RetryDelay(attempt), _time, ct);

    [LoggerMessage(1, LogLevel.Error, "Consumer {Group} failed on {Topic}; retrying")]
    private partial void LogStepFailed(Exception error, string group, string topic);

    [LoggerMessage(2, LogLevel.Warning, "{Type} {EventId} failed in attempt {Attempt} of {Group}")]
    private partial void LogAttemptFailed(Exception error, string type, string eventId, int attempt, string group);
}
