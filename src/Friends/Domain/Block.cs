namespace BigTech.Friends.Domain;

/// <summary>Somebody wants to hear nothing more of somebody. It works both ways, and only he who set it can lift it.</summary>
internal sealed record Block(long BlockerId, long BlockedId, DateTimeOffset At);
