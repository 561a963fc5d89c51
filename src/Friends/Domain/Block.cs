namespace BigTech.Friends.Domain;

/// <summary>A block of one user by another. It applies in both directions; only the blocker can remove it.</summary>
internal sealed record Block(long BlockerId, long BlockedId, DateTimeOffset At);
