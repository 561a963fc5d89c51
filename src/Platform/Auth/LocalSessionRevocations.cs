namespace BigTech.Platform.Auth;

/// <summary>Ends of sessions where this process is the only one that takes their tokens.</summary>
public sealed class LocalSessionRevocations(SessionRevocations revocations, TimeProvider time) : ISessionRevocations
{
    public event Action? StateLost
    {
        // What this process knows, it does not lose.
        add { }
        remove { }
    }

    public void EnsureAvailable()
    {
    }

    public Task Publish(IReadOnlyCollection<RevokedSession> sessions)
    {
        var now = time.GetUtcNow();
        foreach (var session in sessions) revocations.Revoke(session.Id, now + session.TokenLifetimeLeft);
        return Task.CompletedTask;
    }
}
