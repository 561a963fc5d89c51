using System.Collections.Concurrent;

namespace BigTech.BuildingBlocks.Core;

/// <summary>
/// The revoked sessions whose access tokens may still be valid. The User context fills it. Every request checks it, and open streams of a
/// session are notified of its end at once.
/// </summary>
public sealed class SessionRevocations(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _forgetAt = new();

    /// <summary>Raised once for each session, on the thread that revokes it.</summary>
    public event Action<string>? Revoked;

    public bool IsRevoked(string sessionId) => _forgetAt.ContainsKey(sessionId);

    /// <summary>Revokes a session; it is kept until its last access token has expired at <paramref name="tokensExpireAt"/>.</summary>
    public void Revoke(string sessionId, DateTimeOffset tokensExpireAt)
    {
        if (!_forgetAt.TryAdd(sessionId, tokensExpireAt)) return;
        Revoked?.Invoke(sessionId);
        ForgetExpired();
    }

    private void ForgetExpired()
    {
        const int worthAScan = 10_000;
        if (_forgetAt.Count < worthAScan) return;
        var now = time.GetUtcNow();
        foreach (var (session, until) in _forgetAt)
        {
            if (until < now) _forgetAt.TryRemove(session, out _);
        }
    }
}
