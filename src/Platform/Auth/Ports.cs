using System.Security.Cryptography;

namespace BigTech.Platform.Auth;

/// <summary>The public keys that may sign access tokens: the User context's own keys, or its JWKS in other processes.</summary>
public interface IVerificationKeys
{
    /// <summary>The key with an id; null when it is unknown or retired.</summary>
    ECDsa? Find(string keyId);
}

/// <summary>One-use tickets that stand in for a bearer token where a client cannot set headers.</summary>
public interface IStreamTickets
{
    /// <summary>Issues a ticket for the caller, valid for one stream within <see cref="Lifetime"/>, on any replica.</summary>
    /// <exception cref="AppError">503: the shared state is unavailable.</exception>
    ValueTask<string> Issue(Caller caller);

    /// <summary>The caller of the ticket, without spending it; null when it is unknown, spent or expired.</summary>
    /// <exception cref="AppError">503: the shared state is unavailable.</exception>
    ValueTask<Caller?> Find(string ticket);

    /// <summary>Spends the ticket; null when it is unknown, spent or expired.</summary>
    /// <exception cref="AppError">503: the shared state is unavailable. The ticket may be spent.</exception>
    ValueTask<Caller?> Redeem(string ticket);

    static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(30);
}

/// <summary>A session that has ended, and how long its access tokens may still be valid.</summary>
public readonly record struct RevokedSession(string Id, TimeSpan TokenLifetimeLeft);

/// <summary>
/// Propagates the end of a session to every process that may accept its access tokens. The User context's store knows which sessions have
/// ended; this only distributes it.
/// </summary>
public interface ISessionRevocations
{
    /// <summary>
    /// Raised when published revocations may be lost: the User context then publishes all recent ones again. Handlers must not wait.
    /// </summary>
    event Action? StateLost;

    /// <summary>Called before a session starts, continues or ends: each fails while a revocation could not be published.</summary>
    /// <exception cref="AppError">503: revocations cannot be published now.</exception>
    void EnsureAvailable();

    /// <summary>Revokes the sessions' access tokens: here at once, in other processes within two seconds after the task ends.</summary>
    /// <exception cref="AppError">503: the other processes were not notified. This process rejects the tokens already.</exception>
    Task Publish(IReadOnlyCollection<RevokedSession> sessions);
}
