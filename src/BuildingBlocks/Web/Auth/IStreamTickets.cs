namespace BigTech.BuildingBlocks.Web.Auth;

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
