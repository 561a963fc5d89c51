using System.Collections.Concurrent;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>
/// Resolves the cookie of a browser session to its caller. The User context says which sessions are open, and its answer is used for as
/// long as an access token would be; the revocation of the session is checked every time.
/// </summary>
public sealed class BrowserSessionCookies(IBrowserSessions sessions, SessionRevocations revocations, TimeProvider time)
{
    public const string Name = "browser_session";

    private const int Capacity = 50_000;

    // More than a value has: longer ones are not worth a question.
    private const int MaxLength = 256;

    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);

    /// <summary>Whether <see cref="Find"/> needs to ask the User context no question.</summary>
    public bool IsKnown(string cookie) => _known.TryGetValue(cookie, out var known) && known.Until > time.GetUtcNow();

    /// <summary>The caller; null when the cookie is not genuine or its session has ended.</summary>
    /// <exception cref="AppError">503: the User context cannot be asked now.</exception>
    public async ValueTask<Caller?> Find(string cookie, CancellationToken ct)
    {
        if (_known.TryGetValue(cookie, out var known) && known.Until > time.GetUtcNow()) return Unrevoked(known.Caller);
        if (cookie.Length > MaxLength) return null;
        // Before the question: a session that ends after it is revoked for longer than the answer is used.
        var asked = time.GetUtcNow();
        if (await sessions.Find(cookie, ct) is not { } session)
        {
            _known.TryRemove(cookie, out _);
            return null;
        }
        var caller = new Caller(session.UserId, session.SessionId, session.Username);
        if (_known.Count >= Capacity) MakeRoom(asked);
        _known[cookie] = (caller, asked.AddSeconds(session.GoodForSeconds));
        return Unrevoked(caller);
    }

    private Caller? Unrevoked(Caller caller) => revocations.IsRevoked(caller.SessionId) ? null : caller;

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var (cookie, entry) in _known)
        {
            if (entry.Until <= now) _known.TryRemove(cookie, out _);
        }
        if (_known.Count >= Capacity) _known.Clear();
    }
}
