using System.Diagnostics.Metrics;
using System.Threading.Channels;
using BigTech.BuildingBlocks.Streaming;

namespace BigTech.Users.Presence;

/// <summary>
/// Presence in a single process: receives open streams and heartbeats, detects expiries with one timer, and reconciles changed users with
/// the store, many in one transaction. The cost depends on the changes only; users who stay online are not checked.
/// </summary>
internal sealed partial class LocalPresenceService : WorkerService, IStreamObserver, IPresenceService
{
    private const int MaxBatchSize = 500;
    private static readonly TimeSpan PulseInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeSpan _grace;
    private readonly PresenceTracker _tracker;
    private readonly PresenceStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Note> _notes = Channel.CreateUnbounded<Note>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ITimer _timer;
    private long _armedFor = long.MaxValue;

    /// <summary>A user whose presence may have changed.</summary>
    /// <param name="Settled">Completes when the change is stored; null if no caller waits.</param>
    private readonly record struct Note(long UserId, TaskCompletionSource? Settled);

    public LocalPresenceService(
        PresenceOptions options, PresenceStore store, TimeProvider time, IMeterFactory meters, ILogger<LocalPresenceService> logger)
    {
        _grace = options.Grace;
        _tracker = new PresenceTracker(new PresenceRules(options.Grace, options.Heartbeat), time);
        _store = store;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(_ => TakeExpired(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        meters.Create(Meters.Name).CreateObservableUpDownCounter(
            "bigtech.presence.online", Count, "{user}", "Users with an open stream or a heartbeat, the invisible ones included.");
    }

    public void StreamOpened(long userId)
    {
        lock (_gate)
        {
            if (_tracker.Open(userId)) NoteLocked(userId);
        }
    }

    public void StreamClosed(long userId)
    {
        lock (_gate)
        {
            _tracker.Close(userId);
            Arm();
        }
    }

    public Task Heartbeat(long userId)
    {
        TaskCompletionSource? settled = null;
        lock (_gate)
        {
            if (_tracker.Heartbeat(userId))
            {
                settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                NoteLocked(userId, settled);
            }
            Arm();
        }
        return settled?.Task ?? Task.CompletedTask;
    }

    public Task<PresenceState> SetInvisible(long userId, bool isInvisible) => _store.SetInvisible(userId, isInvisible, Find);

    public PresenceSnapshot Find(long userId)
    {
        lock (_gate) return _tracker.Find(userId);
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var left = await _store.FindLeftOnline(cancellationToken);
        lock (_gate)
        {
            foreach (var (userId, seenAt) in left) _tracker.Restore(userId, seenAt);
            Arm();
        }
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await HeartbeatCheckpoint();
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override Task Run(CancellationToken ct) => Task.WhenAll(SettleNotes(ct), PulseRegularly(ct));

    private async Task SettleNotes(CancellationToken ct)
    {
        var batch = new List<Note>(MaxBatchSize);
        while (await _notes.Reader.WaitToReadAsync(ct))
        {
            while (batch.Count < MaxBatchSize && _notes.Reader.TryRead(out var note)) batch.Add(note);
            if (!await TryReconcile(batch)) await Task.Delay(RetryPause, _time, ct);
            batch.Clear();
        }
    }

    private async Task<bool> TryReconcile(List<Note> batch)
    {
        try
        {
            var gone = await _store.Reconcile(batch.Select(note => note.UserId).ToHashSet(), Find);
            lock (_gate) gone.ForEach(_tracker.Forget);
            foreach (var note in batch) note.Settled?.TrySetResult();
            return true;
        }
        catch (Exception error)
        {
            // A store failure must not lose users: all of them are queued again.
            LogSettleFailed(error, batch.Count);
            foreach (var (userId, settled) in batch)
            {
                settled?.TrySetException(error);
                _notes.Writer.TryWrite(new Note(userId, null));
            }
            return false;
        }
    }

    private async Task PulseRegularly(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(PulseInterval, _time);
        // Not before users of the last run have returned or expired: after a second crash, their last seen time is still that of the
        // first.
        await Task.Delay(_grace, _time, ct);
        do
        {
            if (Count() > 0) await HeartbeatCheckpoint();
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    private async Task HeartbeatCheckpoint()
    {
        try
        {
            await _store.HeartbeatCheckpoint();
        }
        catch (AppError storeAway)
        {
            LogPulseFailed(storeAway);
        }
    }

    private int Count()
    {
        lock (_gate) return _tracker.Count;
    }

    private void TakeExpired()
    {
        lock (_gate)
        {
            _armedFor = long.MaxValue;
            foreach (var userId in _tracker.TakeExpired()) NoteLocked(userId);
            Arm();
        }
    }

    private void NoteLocked(long userId, TaskCompletionSource? settled = null) => _notes.Writer.TryWrite(new Note(userId, settled));

    /// <summary>Sets the timer to the earliest expiry.</summary>
    private void Arm()
    {
        if (_tracker.NextExpiry is not { } next || next >= _armedFor) return;
        _armedFor = next;
        var wait = _time.GetElapsedTime(_time.GetTimestamp(), next) + TimeSpan.FromMilliseconds(1);
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(1, LogLevel.Error, "Storing the presence of {Count} users failed; retrying")]
    private partial void LogSettleFailed(Exception error, int count);

    [LoggerMessage(2, LogLevel.Warning, "Writing the heartbeat checkpoint failed; retrying")]
    private partial void LogPulseFailed(Exception error);
}
