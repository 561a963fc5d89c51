namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>Session revocation where this process is the only one that accepts the sessions' tokens.</summary>
public sealed class LocalSessionRevocations(SessionRevocations revocations, TimeProvider time) : ISessionRevocations
{
    public event Action? StateLost
    {
        // Local state is never lost.
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
