using System.Globalization;
using BigTech.Platform.Redis;

namespace BigTech.Platform.Streams;

/// <summary>Somebody whose presence may have changed, and what is known of him now.</summary>
/// <param name="SeenAt">The last sign of life, on Redis' clock.</param>
public readonly record struct RedisPresenceSnapshot(long UserId, bool IsThere, DateTimeOffset SeenAt);

/// <summary>
/// Who is there, counted by all processes together. Each source of signs of life, such as the streams of one process, promises until when
/// it will hold; a promise that is not renewed runs out, so a process that was killed takes its users along. All times are those of Redis.
/// <para>
/// Whoever comes, or whose last promise has run out, is listed as changed until somebody has <see cref="Take">taken</see> him, brought the
/// store in line and said so. Two may take the same one after a failure, and do no harm: what was settled is compared with what is.
/// </para>
/// </summary>
/// <remarks>Every call is refused with 503 <c>shared_state_unavailable</c> while Redis is away.</remarks>
public sealed class RedisPresenceTracker(RedisConnection redis)
{
    /// <summary>Where processes hear that somebody has changed.</summary>
    public const string ChangedChannel = "presence:changed";

    public const int MaxBatchSize = 500;

    /// <summary>After so long somebody else may settle whom one has taken.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private static readonly string[] Keys = ["presence:due", "presence:changed", "presence:user:"];

    // A user's hash: each source with the end of its promise, and 'seen'. due: when his last promise ends; changed: from when he may be taken.
    private const string Prelude = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local day = 86400000
        local function expiry(user)
            local latest = 0
            local all = redis.call('HGETALL', KEYS[3] .. user)
            for i = 1, #all, 2 do
                if all[i] ~= 'seen' then latest = math.max(latest, tonumber(all[i + 1])) end
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

    private static readonly RedisScript SettledScript = new(Prelude + """
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

    private static readonly RedisScript NoteScript = new("""
        redis.call('ZADD', KEYS[2], 0, ARGV[2])
        redis.call('PUBLISH', ARGV[1], '')
        """);

    /// <summary>How many are there, as of the last <see cref="Take"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Signs of life of some users.</summary>
    /// <param name="source">What holds the promise; a later one of the same source takes its place, a shorter one too.</param>
    /// <param name="lasts">For how long they are there by this.</param>
    /// <returns>Those who come by it.</returns>
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

    /// <summary>Those whom the store has online: they have time to give a sign again if Redis has forgotten them.</summary>
    public async Task Restore(IEnumerable<(long UserId, DateTimeOffset SeenAt)> users, TimeSpan lasts)
    {
        foreach (var batch in users.Chunk(MaxBatchSize))
        {
            await redis.Run(RestoreScript, Keys, [Milliseconds(lasts), .. batch.SelectMany(user => new object[] { user.UserId, user.SeenAt.ToUnixTimeMilliseconds() })]);
        }
    }

    /// <summary>Takes some of those whose presence may have changed. Unless <see cref="Reconciled"/> is called they can be taken again later.</summary>
    public async Task<List<RedisPresenceSnapshot>> Take()
    {
        var answer = (await redis.Run(TakeScript, Keys, MaxBatchSize, Milliseconds(Lease))).Items;
        Count = (int)answer[0].Number;
        var taken = new List<RedisPresenceSnapshot>();
        for (var i = 1; i < answer.Length; i += 3) taken.Add(Sighting(answer[i].Number, answer[i + 1], answer[i + 2]));
        return taken;
    }

    /// <summary>The store is in line with these sightings. Who has come or gone meanwhile is still to be taken.</summary>
    public Task Reconciled(IEnumerable<RedisPresenceSnapshot> sightings) => redis.Run(
        SettledScript, Keys,
        [redis.Channel(ChangedChannel), .. sightings.SelectMany(one => new object[] { one.UserId, one.IsThere ? "1" : "0" })]);

    /// <summary>What is known of somebody at this moment.</summary>
    public async Task<RedisPresenceSnapshot> Find(long userId)
    {
        var answer = (await redis.Run(FindScript, Keys, userId)).Items;
        return Sighting(userId, answer[0], answer[1]);
    }

    /// <summary>Has somebody looked at whose stored presence may not be in line.</summary>
    public Task Note(long userId) => redis.Run(NoteScript, Keys, redis.Channel(ChangedChannel), userId);

    private static RedisPresenceSnapshot Sighting(long userId, RedisReply isThere, RedisReply seenAt) =>
        new(userId, isThere.Number == 1, DateTimeOffset.FromUnixTimeMilliseconds(seenAt.Number));

    private static string Milliseconds(TimeSpan span) => ((long)span.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
