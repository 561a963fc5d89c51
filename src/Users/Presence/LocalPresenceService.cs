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
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeSpan _grace;
    private readonly PresenceTracker _tracker;
    private readonly PresenceStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Change> _changes = Channel.CreateUnbounded<Change>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ITimer _timer;
    private readonly long _started;
    private long _armedFor = long.MaxValue;

    /// <summary>A user whose presence may have changed.</summary>
    /// <param name="Reconciled">Completes when the change is stored; null if no caller waits.</param>
    private readonly record struct Change(long UserId, TaskCompletionSource? Reconciled);

    public LocalPresenceService(
        PresenceOptions options, PresenceStore store, TimeProvider time, IMeterFactory meters, ILogger<LocalPresenceService> logger)
    {
        _grace = options.Grace;
        _tracker = new PresenceTracker(new PresenceRules(options.Grace, options.Heartbeat), time);
        _store = store;
        _time = time;
        _started = time.GetTimestamp();
        _logger = logger;
        _timer = time.CreateTimer(_ => TakeExpired(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        meters.Create(Meters.Name).CreateObservableUpDownCounter(
            "bigtech.presence.online", Count, "{user}", "Users with an open stream or a heartbeat, the invisible ones included.");
    }

    public bool HasCurrentUsers => _time.GetElapsedTime(_started) >= _grace && Count() > 0;

    public void StreamOpened(long userId)
    {
        lock (_gate)
        {
            if (_tracker.Open(userId)) QueueLocked(userId);
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

    public Task Heartbeat(long userId, string session)
    {
        TaskCompletionSource? reconciled = null;
        lock (_gate)
        {
            if (_tracker.Heartbeat(userId, session))
            {
                reconciled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                QueueLocked(userId, reconciled);
            }
            Arm();
        }
        return reconciled?.Task ?? Task.CompletedTask;
    }

    public Task EndSessions(long userId, IReadOnlyList<string> sessions)
    {
        lock (_gate)
        {
            foreach (var session in sessions)
            {
                if (_tracker.EndSession(userId, session)) QueueLocked(userId);
            }
            Arm();
        }
        return Task.CompletedTask;
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

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override async Task Run(CancellationToken ct)
    {
        var batch = new List<Change>(MaxBatchSize);
        while (await _changes.Reader.WaitToReadAsync(ct))
        {
            while (batch.Count < MaxBatchSize && _changes.Reader.TryRead(out var change)) batch.Add(change);
            if (!await TryReconcile(batch)) await Task.Delay(RetryPause, _time, ct);
            batch.Clear();
        }
    }

    private async Task<bool> TryReconcile(List<Change> batch)
    {
        try
        {
            var gone = await _store.Reconcile(batch.Select(change => change.UserId).ToHashSet(), Find);
            lock (_gate) gone.ForEach(_tracker.Forget);
            foreach (var change in batch) change.Reconciled?.TrySetResult();
            return true;
        }
        catch (Exception error)
        {
            // A store failure must not lose users: all of them are queued again.
            LogReconcileFailed(error, batch.Count);
            foreach (var (userId, reconciled) in batch)
            {
                reconciled?.TrySetException(error);
                _changes.Writer.TryWrite(new Change(userId, null));
            }
            return false;
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
            foreach (var userId in _tracker.TakeExpired()) QueueLocked(userId);
            Arm();
        }
    }

    private void QueueLocked(long userId, TaskCompletionSource? reconciled = null) =>
        _changes.Writer.TryWrite(new Change(userId, reconciled));

    /// <summary>Sets the timer to the earliest expiry.</summary>
    private void Arm()
    {
        if (_tracker.NextExpiry is not { } next || next >= _armedFor) return;
        _armedFor = next;
        var wait = _time.GetElapsedTime(_time.GetTimestamp(), next) + TimeSpan.FromMilliseconds(1);
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(1, LogLevel.Error, "Storing the presence of {Count} users failed; retrying")]
    private partial void LogReconcileFailed(Exception error, int count);
}
