namespace BigTech.Users.Domain;

/// <summary>
/// A user's presence as his friends see it, and his wish not to be seen. Immutable: a change gives a new one, and one that changes nothing
/// gives the same.
/// </summary>
/// <param name="LastSeenAt">Null while he is online, and for somebody who never was.</param>
internal sealed record Presence(long UserId, bool IsOnline, DateTimeOffset? LastSeenAt, bool IsInvisible)
{
    public static Presence Never(long userId) => new(userId, false, null, false);

    /// <summary>What a look at who is there makes of it; nothing while he is invisible.</summary>
    public Presence After(PresenceSnapshot sighting)
    {
        if (IsInvisible || sighting.IsOnline == IsOnline) return this;
        return sighting.IsOnline ? this with { IsOnline = true, LastSeenAt = null } : this with { IsOnline = false, LastSeenAt = sighting.SeenAt };
    }

    /// <summary>Becomes invisible: to others he goes now, and what he does from here on leaves no trace.</summary>
    public Presence Hide(DateTimeOffset now) =>
        IsInvisible ? this : this with { IsInvisible = true, IsOnline = false, LastSeenAt = IsOnline ? now : LastSeenAt };

    /// <summary>Becomes visible again; when he is not there, the time at which he was last seen visibly stays.</summary>
    public Presence Show(PresenceSnapshot sighting) => (this with { IsInvisible = false }).After(sighting);

    /// <summary>Whether others see a difference.</summary>
    public bool LooksLike(Presence other) => IsOnline == other.IsOnline && LastSeenAt == other.LastSeenAt;
}
