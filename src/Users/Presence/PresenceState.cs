namespace BigTech.Users.Presence;

/// <summary>
/// A user's presence as friends see it, and whether the user is invisible. Immutable: a change returns a new instance, or the same one if
/// nothing changes.
/// </summary>
/// <param name="LastSeenAt">Null while the user is online, and if they never were.</param>
internal sealed record PresenceState(long UserId, bool IsOnline, DateTimeOffset? LastSeenAt, bool IsInvisible)
{
    public static PresenceState Never(long userId) => new(userId, false, null, false);

    /// <summary>Applies a snapshot; no change while the user is invisible.</summary>
    public PresenceState After(PresenceSnapshot snapshot)
    {
        if (IsInvisible || snapshot.IsOnline == IsOnline) return this;
        return snapshot.IsOnline
            ? this with { IsOnline = true, LastSeenAt = null }
            : this with { IsOnline = false, LastSeenAt = snapshot.SeenAt };
    }

    /// <summary>Becomes invisible: others see the user go offline now, and later activity leaves no trace.</summary>
    public PresenceState Hide(DateTimeOffset now) =>
        IsInvisible ? this : this with { IsInvisible = true, IsOnline = false, LastSeenAt = IsOnline ? now : LastSeenAt };

    /// <summary>Becomes visible again; an offline user keeps the time at which they were last seen while visible.</summary>
    public PresenceState Show(PresenceSnapshot snapshot) => (this with { IsInvisible = false }).After(snapshot);

    /// <summary>Whether others see no difference.</summary>
    public bool LooksLike(PresenceState other) => IsOnline == other.IsOnline && LastSeenAt == other.LastSeenAt;
}
