using BigTech.BuildingBlocks.Redis;
using BigTech.BuildingBlocks.Streaming;

namespace BigTech.Users.Presence;

/// <summary>
/// The streams of one process as presence signs of their users: a lease for each user with an open stream, renewed in batches and long
/// enough to miss two renewals. When the last stream closes, the lease is reduced to the grace time. Only the current state counts, so
/// updates need no order, and after a failure of Redis all of them are sent again.
/// </summary>
internal sealed class PresenceLeases : WorkerService, IStreamObserver
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(20);

    private readonly RedisPresenceTracker _tracker;
    private readonly RedisConnection _redis;
    private readonly PresenceOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, int> _streams = [];
    private readonly AsyncSignal _wake = new();
    // Not the host name: two processes may have the same, at once or one after the other.
    private readonly string _me = $"streams:{Guid.NewGuid():N}";
    private HashSet<long> _changed = [];

    public PresenceLeases(RedisPresenceTracker tracker, RedisConnection redis, PresenceOptions options, TimeProvider time)
    {
        _tracker = tracker;
        _redis = redis;
        _options = options;
        _time = time;
        redis.Restored += PublishAll;
    }

    public void StreamOpened(long userId)
    {
        lock (_gate)
        {
            var count = _streams[userId] = _streams.GetValueOrDefault(userId) + 1;
            if (count == 1) Note(userId);
        }
    }

    public void StreamClosed(long userId)
    {
        lock (_gate)
        {
            if (--_streams[userId] > 0) return;
            _streams.Remove(userId);
            Note(userId);
        }
    }

    /// <summary>Reports the streams that shutdown has closed.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await PublishChanged();
    }

    public override void Dispose()
    {
        _redis.Restored -= PublishAll;
        base.Dispose();
    }

    protected override async Task Run(CancellationToken ct)
    {
        using var renewals = _time.CreateTimer(_ => PublishAll(), null, RenewalInterval, RenewalInterval);
        while (true)
        {
            await _wake.Wait(ct);
            await PublishChanged();
        }
    }

    private void PublishAll()
    {
        lock (_gate)
        {
            _changed.UnionWith(_streams.Keys);
            _wake.Set();
        }
    }

    private void Note(long userId)
    {
        _changed.Add(userId);
        _wake.Set();
    }

    private async Task PublishChanged()
    {
        List<long> there, gone;
        lock (_gate)
        {
            there = [.. _changed.Where(_streams.ContainsKey)];
            gone = [.. _changed.Except(there)];
            _changed = [];
        }
        try
        {
            await _tracker.Sign(there, _me, LeaseTime);
            await _tracker.Sign(gone, _me, _options.Grace);
        }
        catch (AppError)
        {
            // When Redis is available again, all present users are reported again; the leases of the others expire.
        }
    }
}
