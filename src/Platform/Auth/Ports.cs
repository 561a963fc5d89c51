using System.Security.Cryptography;

namespace BigTech.Platform.Auth;

/// <summary>The public keys that access tokens may be signed with: the User context's own, or its JWKS elsewhere.</summary>
public interface IVerificationKeys
{
    /// <summary>The key of an id; null when it is unknown or retired.</summary>
    ECDsa? Find(string keyId);
}

/// <summary>One-use tickets that stand in for a bearer token where a client cannot set headers.</summary>
public interface IStreamTickets
{
    /// <summary>A ticket for the caller, good for one stream within <see cref="Lifetime"/>, on whatever replica.</summary>
    /// <exception cref="AppError">503: what the replicas share cannot be reached.</exception>
    ValueTask<string> Issue(Caller caller);

    /// <summary>Whose the ticket is, without spending it; null when it is unknown, spent or too old.</summary>
    /// <exception cref="AppError">503: what the replicas share cannot be reached.</exception>
    ValueTask<Caller?> Find(string ticket);

    /// <summary>Spends the ticket; null when it is unknown, spent or too old.</summary>
    /// <exception cref="AppError">503: what the replicas share cannot be reached. The ticket may be spent.</exception>
    ValueTask<Caller?> Redeem(string ticket);

    static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(30);
}

/// <summary>A session that has ended, and how long its access tokens might still be used.</summary>
public readonly record struct RevokedSession(string Id, TimeSpan TokenLifetimeLeft);

/// <summary>
/// How the end of a session reaches every process that might take its access tokens. The User context's store knows which sessions have
/// ended; this is only how it is told.
/// </summary>
public interface ISessionRevocations
{
    /// <summary>
    /// Raised when what was told may be lost: the User context then tells of all sessions again that ended lately. Handlers must not wait.
    /// </summary>
    event Action? StateLost;

    /// <summary>Asked before a session begins, goes on or ends: each is refused while an end could not be told.</summary>
    /// <exception cref="AppError">503: others cannot be told now.</exception>
    void EnsureAvailable();

    /// <summary>Refuses the sessions' access tokens here at once, and everywhere within two seconds after the task has ended.</summary>
    /// <exception cref="AppError">503: others could not be told. This process refuses the tokens already.</exception>
    Task Publish(IReadOnlyCollection<RevokedSession> sessions);
}
