namespace BigTech.BuildingBlocks.Redis;

/// <summary>Counts the requests of all replicas, in one round trip; while Redis is unavailable each replica counts its own.</summary>
internal sealed class RedisRequestLimiter(RedisConnection redis, MemoryRequestLimiter own) : IRequestLimiter
{
    // The window is the expiry of the key, so no clocks are compared.
    private static readonly RedisScript TakeScript = new("""
        local count = redis.call('INCR', KEYS[1])
        if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return { count, redis.call('PTTL', KEYS[1]) }
        """);

    public async ValueTask<LimitVerdict> Take(string key, int limit, TimeSpan window, CancellationToken ct)
    {
        if (!redis.IsUp) return await own.Take(key, limit, window, ct);
        try
        {
            var counted = (await redis.Run(TakeScript, [$"limit:{key}"], (long)window.TotalMilliseconds)).Items;
            return LimitVerdict.From(counted[0].Number, limit, TimeSpan.FromMilliseconds(counted[1].Number));
        }
        catch (AppError)
        {
            // A limit per replica is better than no limit, and than rejecting all requests.
            return await own.Take(key, limit, window, ct);
        }
    }
}
