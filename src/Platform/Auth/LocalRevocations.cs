namespace BigTech.Platform.Auth;

/// <summary>Ends of sessions where this process is the only one that takes their tokens.</summary>
public sealed class LocalRevocations(SessionRevocations revocations, TimeProvider time) : IRevocations
{
    public event Action? Lost
    {
        // What this process knows, it does not lose.
        add { }
        remove { }
    }

    public void ThrowIfMute()
    {
    }

    public Task Tell(IReadOnlyCollection<EndedSession> sessions)
    {
        var now = time.GetUtcNow();
        foreach (var session in sessions) revocations.Revoke(session.Id, now + session.TokensLast);
        return Task.CompletedTask;
    }
}
