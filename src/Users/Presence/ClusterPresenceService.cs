using System.Diagnostics.Metrics;
using BigTech.BuildingBlocks.Redis;

namespace BigTech.Users.Presence;

/// <summary>
/// Distributed presence: the processes that hold the streams write presence signals to Redis, and any replica of this context reconciles
/// the users whose presence may have changed with the shared store.
/// </summary>
internal sealed class ClusterPresenceService : PeriodicService, IPresenceService
{
    private const string HeartbeatSource = "heartbeat";
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly RedisPresenceTracker _tracker;
    private readonly RedisConnection _redis;
    private readonly PresenceStore _store;
    private readonly PresenceOptions _options;
    private int _restore = 1;

    public ClusterPresenceService(
        RedisPresenceTracker tracker, RedisConnection redis, PresenceStore store, PresenceOptions options, TimeProvider time,
        IMeterFactory meters, ILogger<ClusterPresenceService> logger)
        : base("Reconciling presence", PollInterval, time, logger)
    {
        _tracker = tracker;
        _redis = redis;
        _store = store;
        _options = options;
        redis.Subscribe(RedisPresenceTracker.ChangedChannel, _ => RunNow());
        redis.Restored += RestoreSoon;
        meters.Create(Meters.Name).CreateObservableUpDownCounter(
            "bigtech.presence.online", () => tracker.Count, "{user}",
            "Users with an open stream or a heartbeat in any process, the invisible ones included.");
    }

    public bool HasCurrentUsers => _redis.IsUp && _tracker.Count > 0;

    protected override LogLevel FailureLevel => LogLevel.Error;

    public async Task Heartbeat(long userId, string session)
    {
        var coming = await _tracker.Sign([userId], SourceOf(session), _options.Heartbeat);
        if (coming.Count > 0) await Reconcile([new RedisPresenceSnapshot(userId, true, Time.GetUtcNow())]);
    }

    public async Task EndSessions(long userId, IReadOnlyList<string> sessions)
    {
        try
        {
            await _tracker.End(userId, sessions.Select(SourceOf));
        }
        catch (AppError)
        {
            // Redis is unavailable. The sessions have ended all the same, and their leases expire.
        }
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

    /// <summary>A round that fails loses no change: users that were taken but not reconciled can be taken again.</summary>
    public override async Task RunOnce(CancellationToken ct)
    {
        if (!_redis.IsUp) return;
        if (Interlocked.Exchange(ref _restore, 0) == 1) await Restore(ct);
        while (await _tracker.Take() is { Count: > 0 } taken) await Reconcile(taken);
    }

    private void RestoreSoon()
    {
        Volatile.Write(ref _restore, 1);
        RunNow();
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

    private static string SourceOf(string session) => $"{HeartbeatSource}:{session}";

    private static PresenceSnapshot ToSnapshot(RedisPresenceSnapshot snapshot) => new(snapshot.IsThere, snapshot.SeenAt);
}
