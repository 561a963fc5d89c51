using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>Tickets of a single process.</summary>
public sealed class MemoryStreamTickets(TimeProvider time) : IStreamTickets
{
    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset Until)> _tickets = new();
    private DateTimeOffset _nextSweep;

    public ValueTask<string> Issue(Caller caller)
    {
        var now = time.GetUtcNow();
        if (now >= _nextSweep) Sweep(now);
        var ticket = NewTicket();
        _tickets[ticket] = (caller, now + IStreamTickets.Lifetime);
        return ValueTask.FromResult(ticket);
    }

    public ValueTask<Caller?> Find(string ticket) =>
        ValueTask.FromResult(_tickets.TryGetValue(ticket, out var entry) && entry.Until > time.GetUtcNow() ? entry.Caller : null);

    public ValueTask<Caller?> Redeem(string ticket) =>
        ValueTask.FromResult(_tickets.TryRemove(ticket, out var entry) && entry.Until > time.GetUtcNow() ? entry.Caller : null);

    /// <summary>A text that cannot be guessed.</summary>
    internal static string NewTicket() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private void Sweep(DateTimeOffset now)
    {
        _nextSweep = now + IStreamTickets.Lifetime;
        foreach (var (ticket, entry) in _tickets)
        {
            if (entry.Until <= now) _tickets.TryRemove(ticket, out _);
        }
    }
}
