namespace BigTech.Users.Presence;

/// <summary>Derives from presence signals who is online, and keeps the store up to date.</summary>
internal interface IPresenceService
{
    /// <summary>
    /// Whether users are online, and those of an earlier run have returned or expired: until then a checkpoint would be wrong about them.
    /// </summary>
    bool HasCurrentUsers { get; }

    /// <summary>A presence signal of a session. If it brings the user online, the task ends when that is stored.</summary>
    /// <exception cref="AppError">503: it cannot be processed now.</exception>
    Task Heartbeat(long userId, string session);

    /// <summary>Sessions have ended: their heartbeats no longer keep the user online. Where this fails, they expire.</summary>
    Task EndSessions(long userId, IReadOnlyList<string> sessions);

    /// <summary>Hides or shows a user.</summary>
    /// <exception cref="AppError">503: it cannot be stored, or it is unknown whether the user to show is online.</exception>
    Task<PresenceState> SetInvisible(long userId, bool isInvisible);
}
