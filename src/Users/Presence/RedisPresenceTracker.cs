using BigTech.BuildingBlocks.Redis;

namespace BigTech.Users.Presence;

/// <summary>A user whose presence may have changed, and their current presence.</summary>
/// <param name="SeenAt">The time of the last presence sign, on Redis' clock.</param>
internal readonly record struct RedisPresenceSnapshot(long UserId, bool IsThere, DateTimeOffset SeenAt);

/// <summary>
/// The users who are present, counted by all processes together. Each source of presence signs, such as the streams of one process, holds
/// leases; a lease that is not renewed expires, so the users of a killed process go offline. All times are those of Redis. A user who comes
/// online, or whose last lease has expired, is listed as changed until a process has <see cref="Take">taken</see> them, updated the store
/// and confirmed it. Two processes may take the same user after a failure; this is harmless, because the confirmed state is compared with
/// the current one.
/// </summary>
/// <remarks>Every call fails with 503 <c>shared_state_unavailable</c> while Redis is unavailable.</remarks>
internal sealed class RedisPresenceTracker(RedisConnection redis)
{
    /// <summary>The channel that announces changed users.</summary>
    public const string ChangedChannel = "presence:changed";

    public const int MaxBatchSize = 500;

    /// <summary>After this time another process may reconcile a user that one has taken.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private static readonly string[] Keys = ["presence:due", "presence:changed", "presence:user:"];

    // A user's hash: each source with the end of its lease, and 'seen'. due: end of the last lease; changed: when it may be taken.
    private const string Prelude = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local day = 86400000
        local function expiry(user)
            local latest = 0
            local all = redis.call('HGETALL', KEYS[3] .. user)
            for i = 1, #all, 2 do
                if all[i] ~= 'seen' then
                    local till = tonumber(all[i + 1])
                    latest = math.max(latest, till)
                    -- A session that ends without a log-out leaves its sign behind.
                    if till <= now then redis.call('HDEL', KEYS[3] .. user, all[i]) end
                end
            end
            return latest
        end
        local function seen(user) return tonumber(redis.call('HGET', KEYS[3] .. user, 'seen') or now) end

        """;

    private static readonly RedisScript SignScript = new(Prelude + """
        local coming = {}
        for i = 4, #ARGV do
            local user = ARGV[i]
            local key = KEYS[3] .. user
            if expiry(user) <= now then
                redis.call('ZADD', KEYS[2], 'NX', 0, user)
                table.insert(coming, tonumber(user))
            end
            redis.call('HSET', key, ARGV[2], now + ARGV[3], 'seen', now)
            redis.call('PEXPIRE', key, day + ARGV[3])
            redis.call('ZADD', KEYS[1], expiry(user), user)
        end
        if #coming > 0 then redis.call('PUBLISH', ARGV[1], '') end
        return coming
        """);

    private static readonly RedisScript EndScript = new(Prelude + """
        local user = ARGV[2]
        if expiry(user) <= now then return end
        for i = 3, #ARGV do redis.call('HDEL', KEYS[3] .. user, ARGV[i]) end
        local last = expiry(user)
        if last > now then
            redis.call('ZADD', KEYS[1], last, user)
        else
            redis.call('ZREM', KEYS[1], user)
            redis.call('ZADD', KEYS[2], 0, user)
            redis.call('PUBLISH', ARGV[1], '')
        end
        """);

    private static readonly RedisScript RestoreScript = new(Prelude + """
        for i = 2, #ARGV, 2 do
            local user = ARGV[i]
            local key = KEYS[3] .. user
            if redis.call('EXISTS', key) == 0 then
                redis.call('HSET', key, 'restored', now + ARGV[1], 'seen', ARGV[i + 1])
                redis.call('PEXPIRE', key, day + ARGV[1])
                redis.call('ZADD', KEYS[1], now + ARGV[1], user)
            end
        end
        """);

    private static readonly RedisScript TakeScript = new(Prelude + """
        for _, user in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])) do
            redis.call('ZREM', KEYS[1], user)
            redis.call('ZADD', KEYS[2], 'NX', 0, user)
        end
        local answer = { redis.call('ZCARD', KEYS[1]) }
        for _, user in ipairs(redis.call('ZRANGE', KEYS[2], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])) do
            redis.call('ZADD', KEYS[2], now + ARGV[2], user)
            table.insert(answer, tonumber(user))
            table.insert(answer, expiry(user) > now and 1 or 0)
            table.insert(answer, seen(user))
        end
        return answer
        """);

    private static readonly RedisScript ReconciledScript = new(Prelude + """
        for i = 2, #ARGV, 2 do
            local user = ARGV[i]
            local isThere = expiry(user) > now
            if isThere ~= (ARGV[i + 1] == '1') then
                redis.call('ZADD', KEYS[2], 0, user)
                redis.call('PUBLISH', ARGV[1], '')
            else
                redis.call('ZREM', KEYS[2], user)
                if not isThere then
                    redis.call('ZREM', KEYS[1], user)
                    redis.call('DEL', KEYS[3] .. user)
                end
            end
        end
        """);

    private static readonly RedisScript FindScript = new(Prelude + "return { expiry(ARGV[1]) > now and 1 or 0, seen(ARGV[1]) }");

    private static readonly RedisScript NotifyScript = new("""
        redis.call('ZADD', KEYS[2], 0, ARGV[2])
        redis.call('PUBLISH', ARGV[1], '')
        """);

    /// <summary>The number of present users at the last <see cref="Take"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Records presence signs of some users.</summary>
    /// <param name="source">The holder of the lease; its next lease replaces this one, even if it is shorter.</param>
    /// <param name="lasts">The duration of the lease.</param>
    /// <returns>The users who come online by it.</returns>
    public async Task<List<long>> Sign(IEnumerable<long> users, string source, TimeSpan lasts)
    {
        var coming = new List<long>();
        foreach (var batch in users.Chunk(MaxBatchSize))
        {
            var answer = await redis.Run(
                SignScript, Keys, [redis.Channel(ChangedChannel), source, Milliseconds(lasts), .. batch.Select(user => (object)user)]);
            coming.AddRange(answer.Items.Select(item => item.Number));
        }
        return coming;
    }

    /// <summary>Ends leases of a user at once; one who has no other is listed as changed.</summary>
    public Task End(long userId, IEnumerable<string> sources) =>
        redis.Run(EndScript, Keys, [redis.Channel(ChangedChannel), userId, .. sources]);

    /// <summary>The users who are online in the store: they have time for a new sign if Redis has lost them.</summary>
    public async Task Restore(IEnumerable<(long UserId, DateTimeOffset SeenAt)> users, TimeSpan lasts)
    {
        foreach (var batch in users.Chunk(MaxBatchSize))
        {
            await redis.Run(RestoreScript, Keys,
                [Milliseconds(lasts), .. batch.SelectMany(user => new object[] { user.UserId, user.SeenAt.ToUnixTimeMilliseconds() })]);
        }
    }

    /// <summary>Takes some of the changed users. Unless <see cref="Reconciled"/> is called they can be taken again later.</summary>
    public async Task<List<RedisPresenceSnapshot>> Take()
    {
        var answer = (await redis.Run(TakeScript, Keys, MaxBatchSize, Milliseconds(Lease))).Items;
        Count = (int)answer[0].Number;
        var taken = new List<RedisPresenceSnapshot>();
        for (var i = 1; i < answer.Length; i += 3) taken.Add(Snapshot(answer[i].Number, answer[i + 1], answer[i + 2]));
        return taken;
    }

    /// <summary>Confirms that the store matches these snapshots. Users who have changed meanwhile still have to be taken.</summary>
    public Task Reconciled(IEnumerable<RedisPresenceSnapshot> snapshots) => redis.Run(
        ReconciledScript, Keys,
        [redis.Channel(ChangedChannel), .. snapshots.SelectMany(one => new object[] { one.UserId, one.IsThere ? "1" : "0" })]);

    /// <summary>The current presence of a user.</summary>
    public async Task<RedisPresenceSnapshot> Find(long userId)
    {
        var answer = (await redis.Run(FindScript, Keys, userId)).Items;
        return Snapshot(userId, answer[0], answer[1]);
    }

    /// <summary>Lists a user as changed whose stored presence may be wrong.</summary>
    public Task Note(long userId) => redis.Run(NotifyScript, Keys, redis.Channel(ChangedChannel), userId);

    private static RedisPresenceSnapshot Snapshot(long userId, RedisReply isThere, RedisReply seenAt) =>
        new(userId, isThere.Number == 1, DateTimeOffset.FromUnixTimeMilliseconds(seenAt.Number));

    private static string Milliseconds(TimeSpan span) => ((long)span.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
