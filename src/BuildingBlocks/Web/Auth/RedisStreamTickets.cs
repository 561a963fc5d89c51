using System.Security.Cryptography;
using System.Text;
using BigTech.BuildingBlocks.Redis;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>Tickets that one replica issues and any other redeems. Redis stores only the hashes of tickets.</summary>
internal sealed class RedisStreamTickets(RedisConnection redis) : IStreamTickets
{
    private static readonly RedisScript IssueScript = new("redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])");

    // Checks the revocation in Redis, because this process may not have read it yet.
    private static readonly RedisScript FindScript = Asking("GET");
    private static readonly RedisScript RedeemScript = Asking("GETDEL");

    public async ValueTask<string> Issue(Caller caller)
    {
        var ticket = MemoryStreamTickets.NewTicket();
        var text = string.Create(CultureInfo.InvariantCulture, $"{caller.UserId}:{caller.SessionId}:{caller.Username}");
        await redis.Run(IssueScript, [KeyOf(ticket)], text, (long)IStreamTickets.Lifetime.TotalMilliseconds);
        return ticket;
    }

    public ValueTask<Caller?> Find(string ticket) => Ask(FindScript, ticket);

    public ValueTask<Caller?> Redeem(string ticket) => Ask(RedeemScript, ticket);

    private static RedisScript Asking(string command) => new($"""
        local found = redis.call('{command}', KEYS[1])
        if found and redis.call('ZSCORE', KEYS[2], string.match(found, '^%d+:([^:]*):')) then return false end
        return found
        """);

    private async ValueTask<Caller?> Ask(RedisScript script, string ticket)
    {
        var found = await redis.Run(script, [KeyOf(ticket), RedisSessionRevocations.OrderKey]);
        return found.Text?.Split(':', 3) is [var user, var session, var name]
            ? new Caller(long.Parse(user, NumberStyles.None, CultureInfo.InvariantCulture), session, name)
            : null;
    }

    private static string KeyOf(string ticket) => $"ticket:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ticket)))}";
}
