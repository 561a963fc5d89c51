using System.Diagnostics.Metrics;
using BigTech.BuildingBlocks.Redis;

namespace BigTech.Users.Presence;

/// <summary>
/// Distributed presence: the processes that hold the streams write presence signals to Redis, and any replica of this context reconciles
/// the users whose presence may have changed with the shared store.
/// </summary>
internal sealed partial class ClusterPresenceService : WorkerService, IPresenceService
{
    private const string HeartbeatSource = "heartbeat";
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(30);

    private readonly RedisPresenceTracker _tracker;
    private readonly RedisConnection _redis;
    private readonly PresenceStore _store;
    private readonly PresenceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AsyncSignal _wake = new();
    private int _restore = 1;

    public ClusterPresenceService(
        RedisPresenceTracker tracker, RedisConnection redis, PresenceStore store, PresenceOptions options, TimeProvider time,
        IMeterFactory meters,
        ILogger<ClusterPresenceService> logger)
    {
        _tracker = tracker;
        _redis = redis;
        _store = store;
        _options = options;
        _time = time;
        _logger = logger;
        redis.Subscribe(RedisPresenceTracker.ChangedChannel, _ => _wake.Set());
        redis.Restored += RestoreSoon;
        meters.Create(Meters.Name).CreateObservableUpDownCounter(
            "bigtech.presence.online", () => tracker.Count, "{user}",
            "Users with an open stream or a heartbeat in any process, the invisible ones included.");
    }

    public async Task Heartbeat(long userId)
    {
        var coming = await _tracker.Sign([userId], HeartbeatSource, _options.Heartbeat);
        if (coming.Count > 0) await Reconcile([new RedisPresenceSnapshot(userId, true, _time.GetUtcNow())]);
    }

    public async Task<PresenceState> SetInvisible(long userId, bool isInvisible)
    {
        if (isInvisible) return await _store.SetInvisible(userId, true, _ => default);
        var snapshot = await _tracker.Find(userId);
        var shown = await _store.SetInvisible(userId, false, _ => ToSnapshot(snapshot));
        // The user may go offline between the read and the commit.
        await _tracker.Note(userId);
        return shown;
    }

    public override void Dispose()
    {
        _redis.Restored -= RestoreSoon;
        base.Dispose();
    }

    protected override Task Run(CancellationToken ct) => Task.WhenAll(ReconcileChanges(ct), CheckpointHeartbeats(ct));

    private void RestoreSoon()
    {
        Volatile.Write(ref _restore, 1);
        _wake.Set();
    }

    private async Task ReconcileChanges(CancellationToken ct)
    {
        while (true)
        {
            await TryReconcile(ct);
            await _wake.Wait(PollInterval, ct);
        }
    }

    private async Task TryReconcile(CancellationToken ct)
    {
        if (!_redis.IsUp) return;
        try
        {
            if (Interlocked.Exchange(ref _restore, 0) == 1) await Restore(ct);
            while (await _tracker.Take() is { Count: > 0 } taken) await Reconcile(taken);
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            // No change is lost: users that were taken but not reconciled can be taken again.
            LogReconcileFailed(error);
        }
    }

    private async Task Reconcile(List<RedisPresenceSnapshot> taken)
    {
        var snapshots = taken.ToDictionary(one => one.UserId, ToSnapshot);
        await _store.Reconcile(snapshots.Keys, userId => snapshots[userId]);
        await _tracker.Reconciled(taken);
    }

    /// <summary>
    /// Gives users who are online in the store but unknown to Redis, which may have restarted empty, time for a new signal.
    /// </summary>
    private async Task Restore(CancellationToken ct)
    {
        try
        {
            await _tracker.Restore(
                await _store.FindLeftOnline(ct), _options.Heartbeat > _options.Grace ? _options.Heartbeat : _options.Grace);
        }
        catch
        {
            Volatile.Write(ref _restore, 1);
            throw;
        }
    }

    private async Task CheckpointHeartbeats(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(CheckpointInterval, _time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            if (_redis.IsUp && _tracker.Count > 0) await HeartbeatCheckpoint(ct);
        }
    }

    private async Task HeartbeatCheckpoint(CancellationToken ct)
    {
        try
        {
            await _store.HeartbeatCheckpoint();
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            LogCheckpointFailed(error);
        }
    }

    private static PresenceSnapshot ToSnapshot(RedisPresenceSnapshot snapshot) => new(snapshot.IsThere, snapshot.SeenAt);

    [LoggerMessage(1, LogLevel.Error, "Reconciling presence failed; retrying")]
    private partial void LogReconcileFailed(Exception error);

    [LoggerMessage(2, LogLevel.Warning, "Writing the heartbeat checkpoint failed; retrying")]
    private partial void LogCheckpointFailed(Exception error);
}
