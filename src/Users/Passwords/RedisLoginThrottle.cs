using System.Security.Cryptography;
using System.Text;
using BigTech.BuildingBlocks.Redis;
using BigTech.Users.Domain;

namespace BigTech.Users.Passwords;

/// <summary>
/// Counts failures across all replicas. Ages are computed from the remaining time to live of the keys, so clocks are not compared. While
/// Redis is unavailable all sign-ins fail: otherwise an attacker could disable it to guess without a limit.
/// </summary>
internal sealed class RedisLoginThrottle(RedisConnection redis, ThrottleRules rules) : ILoginThrottle
{
    private static readonly RedisScript CheckScript = new("""
        local found = {}
        for _, key in ipairs(KEYS) do
            found[#found + 1] = tonumber(redis.call('GET', key) or 0)
            found[#found + 1] = redis.call('PTTL', key)
        end
        return found
        """);

    private static readonly RedisScript FailedScript = new("""
        local count = tonumber(redis.call('GET', KEYS[1]) or 0)
        local age = ARGV[1] - redis.call('PTTL', KEYS[1])
        if count >= tonumber(ARGV[3]) and age >= tonumber(ARGV[4]) then count = math.floor(ARGV[3] / 2) end
        redis.call('SET', KEYS[1], count + 1, 'PX', ARGV[1])
        if KEYS[2] and redis.call('INCR', KEYS[2]) == 1 then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
        """);

    private static readonly RedisScript SucceededScript = new("redis.call('DEL', KEYS[1])");

    public async ValueTask<Throttled?> Check(Attempt attempt)
    {
        var found = (await redis.Run(CheckScript, KeysOf(attempt))).Items;
        return (attempt.Address is null ? null : rules.OfAddress(found[2].Number, rules.AddressWindow - Left(found[3])))
            ?? rules.OfAccount(found[0].Number, ThrottleRules.ForgetAccountAfter - Left(found[1]));
    }

    public async ValueTask Failed(Attempt attempt) => await redis.Run(
        FailedScript, KeysOf(attempt),
        (long)ThrottleRules.ForgetAccountAfter.TotalMilliseconds, (long)rules.AddressWindow.TotalMilliseconds,
        rules.LockAfter, (long)rules.LockTime.TotalMilliseconds);

    public async ValueTask Succeeded(Attempt attempt) => await redis.Run(SucceededScript, [OfAccount(attempt)]);

    private static TimeSpan Left(RedisReply life) => TimeSpan.FromMilliseconds(Math.Max(0, life.Number));

    // The name is an e-mail address, which Redis does not need to know.
    private static string OfAccount(Attempt attempt) =>
        $"failures:{attempt.Kind}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(attempt.Name)))}";

    private static string[] KeysOf(Attempt attempt) =>
        attempt.Address is { } address ? [OfAccount(attempt), $"failures:address:{address}"] : [OfAccount(attempt)];
}
