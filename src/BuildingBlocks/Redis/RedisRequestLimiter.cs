namespace BigTech.BuildingBlocks.Redis;

/// <summary>Counts the requests of all replicas, in one round trip; while Redis is unavailable each replica counts its own.</summary>
internal sealed class RedisRequestLimiter(RedisConnection redis, MemoryRequestLimiter own) : IRequestLimiter
{
    // The window is the expiry of the key, so no clocks are compared.
    private static readonly RedisScript TakeScript = new("""
        local amount, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
        local count = tonumber(redis.call('GET', KEYS[1]) or '0')
        if count + amount > limit then return { 0, count, redis.call('PTTL', KEYS[1]) } end
        redis.call('INCRBY', KEYS[1], amount)
        if count == 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return { 1, count + amount, redis.call('PTTL', KEYS[1]) }
        """);

    // A window only gets shorter: one that is longer than what was left of it has begun since.
    private static readonly RedisScript GiveBackScript = new("""
        local count, left = tonumber(redis.call('GET', KEYS[1]) or '0'), redis.call('PTTL', KEYS[1])
        if count == 0 or left < 0 or left > tonumber(ARGV[2]) then return 0 end
        return redis.call('DECRBY', KEYS[1], math.min(count, tonumber(ARGV[1])))
        """);

    public async ValueTask<LimitVerdict> Take(string key, int amount, int limit, TimeSpan window, CancellationToken ct)
    {
        if (!redis.IsUp) return await own.Take(key, amount, limit, window, ct);
        try
        {
            var counted = (await redis.Run(TakeScript, [$"limit:{key}"], (long)window.TotalMilliseconds, amount, limit)).Items;
            // Redis has no time for a key that does not exist, as when more is asked for than a window allows.
            var left = counted[2].Number >= 0 ? TimeSpan.FromMilliseconds(counted[2].Number) : window;
            return LimitVerdict.From(counted[0].Number == 1, counted[1].Number, limit, left);
        }
        catch (AppError)
        {
            // A limit per replica is better than no limit, and than rejecting all requests.
            return await own.Take(key, amount, limit, window, ct);
        }
    }

    public async ValueTask GiveBack(string key, int amount, LimitVerdict taken)
    {
        if (taken.IsLocal)
        {
            await own.GiveBack(key, amount, taken);
            return;
        }
        if (!redis.IsUp) return;
        try
        {
            await redis.Run(GiveBackScript, [$"limit:{key}"], amount, (long)taken.Reset.TotalMilliseconds);
        }
        catch (AppError)
        {
            // The caller gets the answer to their request. The limit forgets it when the window ends.
        }
    }
}
