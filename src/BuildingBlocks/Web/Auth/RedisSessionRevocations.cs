using BigTech.BuildingBlocks.Redis;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>
/// Session revocations that all processes share. Redis keeps them in publication order, each until its tokens have expired. Every process
/// reads the ones that it does not know yet after a message, and once a second, because messages get lost. Requests only check the
/// process's own list.
/// </summary>
internal sealed class RedisSessionRevocations : PeriodicService, ISessionRevocations
{
    /// <summary>The sorted set of the revoked sessions.</summary>
    internal const string OrderKey = "revoked:order";

    private const string ChannelName = "revoked";
    private const int MaxBatchSize = 500;

    /// <summary>The sessions by number, the sessions by expiry, and the last number. Numbers give an order without a clock.</summary>
    private static readonly string[] Keys = [OrderKey, "revoked:until", "revoked:last"];

    // A session that is published again keeps its number, so it costs readers nothing.
    private static readonly RedisScript PublishScript = new("""
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        for i = 2, #ARGV, 2 do
            if not redis.call('ZSCORE', KEYS[1], ARGV[i]) then redis.call('ZADD', KEYS[1], redis.call('INCR', KEYS[3]), ARGV[i]) end
            redis.call('ZADD', KEYS[2], 'GT', now + ARGV[i + 1], ARGV[i])
        end
        local expired = redis.call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE', 'LIMIT', 0, 1000)
        if #expired > 0 then
            redis.call('ZREM', KEYS[1], unpack(expired))
            redis.call('ZREM', KEYS[2], unpack(expired))
        end
        redis.call('PUBLISH', ARGV[1], '')
        """);

    private static readonly RedisScript ReadScript = new("""
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local answer = { tonumber(redis.call('GET', KEYS[3]) or 0) }
        local found = redis.call('ZRANGE', KEYS[1], '(' .. ARGV[1], '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2], 'WITHSCORES')
        for i = 1, #found, 2 do
            table.insert(answer, found[i])
            table.insert(answer, tonumber(found[i + 1]))
            table.insert(answer, redis.call('ZSCORE', KEYS[2], found[i]) - now)
        end
        return answer
        """);

    private readonly RedisConnection _redis;
    private readonly SessionRevocations _revocations;
    private long _known;

    public RedisSessionRevocations(
        RedisConnection redis, SessionRevocations revocations, TimeProvider time, ILogger<RedisSessionRevocations> logger)
        : base("Reading session revocations", TimeSpan.FromSeconds(1), time, logger)
    {
        _redis = redis;
        _revocations = revocations;
        redis.Subscribe(ChannelName, _ => RunNow());
        redis.Restored += StartOver;
    }

    public event Action? StateLost;

    // The connection reports that Redis is unavailable.
    protected override LogLevel FailureLevel => LogLevel.Debug;

    public void EnsureAvailable() => _redis.ThrowIfUnavailable();

    public async Task Publish(IReadOnlyCollection<RevokedSession> sessions)
    {
        foreach (var session in sessions) Revoke(session);
        foreach (var batch in sessions.Chunk(MaxBatchSize))
        {
            object[] values =
                [.. batch.SelectMany(session => new object[] { session.Id, (long)session.TokenLifetimeLeft.TotalMilliseconds })];
            await _redis.Run(PublishScript, Keys, [_redis.Channel(ChannelName), .. values]);
        }
    }

    /// <summary>Reads the revocations before the first request, if Redis is available.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_redis.IsUp) await TryRun(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _redis.Restored -= StartOver;
        base.Dispose();
    }

    public override async Task RunOnce(CancellationToken ct)
    {
        while (await Read()) { /* After a full batch there may be more. */ }
    }

    private void StartOver()
    {
        Volatile.Write(ref _known, 0);
        RunNow();
        StateLost?.Invoke();
    }

    private async Task<bool> Read()
    {
        var known = Volatile.Read(ref _known);
        var answer = (await _redis.Run(ReadScript, Keys, known, MaxBatchSize)).Items;
        if (answer[0].Number < known)
        {
            // The numbers in Redis have started over: it has lost its data.
            StartOver();
            return true;
        }
        for (var i = 1; i < answer.Length; i += 3)
        {
            Revoke(new RevokedSession(answer[i].Text!, TimeSpan.FromMilliseconds(answer[i + 2].Number)));
        }
        // Not if StartOver has reset the position meanwhile.
        if (answer.Length > 1) Interlocked.CompareExchange(ref _known, answer[^2].Number, known);
        return answer.Length > 3 * MaxBatchSize;
    }

    private void Revoke(RevokedSession session)
    {
        if (session.TokenLifetimeLeft > TimeSpan.Zero) _revocations.Revoke(session.Id, Time.GetUtcNow() + session.TokenLifetimeLeft);
    }
}
