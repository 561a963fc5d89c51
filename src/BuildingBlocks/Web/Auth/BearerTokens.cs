using System.Collections.Concurrent;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>
/// Resolves a bearer token to its caller. Verifying a signature costs far more than sending a message, so valid tokens are cached until
/// they expire; the revocation of the session is checked every time.
/// </summary>
public sealed class BearerTokens(IVerificationKeys keys, SessionRevocations revocations, TimeProvider time)
{
    private const int Capacity = 50_000;
    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset ExpiresAt)> _known = new(StringComparer.Ordinal);

    /// <summary>The caller; null when the token is invalid or has expired, or its session has been revoked.</summary>
    public Caller? Authenticate(ReadOnlySpan<char> presented)
    {
        var now = time.GetUtcNow();
        if (_known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(presented, out var known))
        {
            return known.ExpiresAt > now && !revocations.IsRevoked(known.Caller.SessionId) ? known.Caller : null;
        }
        var token = presented.ToString();
        if (Jwt.Verify(token, keys.Find, now) is not { } claims || revocations.IsRevoked(claims.SessionId)) return null;
        var caller = new Caller(claims.UserId, claims.SessionId, claims.Username);
        if (_known.Count >= Capacity) MakeRoom(now);
        _known[token] = (caller, claims.ExpiresAt);
        return caller;
    }

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var (token, entry) in _known)
        {
            if (entry.ExpiresAt <= now) _known.TryRemove(token, out _);
        }
        if (_known.Count >= Capacity) _known.Clear();
    }
}
