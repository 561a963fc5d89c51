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
        return {
            tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1]),
            tonumber(redis.call('GET', KEYS[2]) or 0), redis.call('PTTL', KEYS[2])
        }
        """);

    private static readonly RedisScript FailedScript = new("""
        redis.call('INCR', KEYS[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        if redis.call('INCR', KEYS[2]) == 1 then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
        """);

    private static readonly RedisScript SucceededScript = new("redis.call('DEL', KEYS[1])");

    public async ValueTask<Throttled?> Check(string account, string address)
    {
        var found = (await redis.Run(CheckScript, [OfAccount(account), OfAddress(address)])).Items;
        return rules.OfAddress(found[2].Number, rules.AddressWindow - Left(found[3]))
            ?? rules.OfAccount(found[0].Number, ThrottleRules.ForgetAccountAfter - Left(found[1]));
    }

    public async ValueTask Failed(string account, string address) => await redis.Run(
        FailedScript, [OfAccount(account), OfAddress(address)],
        (long)ThrottleRules.ForgetAccountAfter.TotalMilliseconds, (long)rules.AddressWindow.TotalMilliseconds);

    public async ValueTask Succeeded(string account) => await redis.Run(SucceededScript, [OfAccount(account)]);

    private static TimeSpan Left(RedisReply life) => TimeSpan.FromMilliseconds(Math.Max(0, life.Number));

    // The name is an e-mail address, which Redis does not need to know.
    private static string OfAccount(string account) =>
        $"failures:account:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ThrottleRules.Bounded(account))))}";

    private static string OfAddress(string address) => $"failures:address:{address}";
}
