namespace BigTech.BuildingBlocks.Core;

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
