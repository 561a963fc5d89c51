namespace BigTech.Notifications.Domain;

/// <summary>A room as known from its events.</summary>
/// <param name="RoomVersion">The newest known change of the room itself (its members, its name).</param>
/// <param name="MessageVersion">The newest known change of its messages.</param>
internal sealed record RoomReadModel(long Id, bool IsGroup, string? Name, long RoomVersion, long MessageVersion)
{
    /// <summary>
    /// Whether all changes before a change of the room's messages are known. A room's versions have no gaps, and changes of its messages
    /// arrive in order: a version between the last one and this one is a change of the room itself.
    /// </summary>
    public bool Explains(long version) => version == MessageVersion + 1 || version - 1 <= RoomVersion;
}

/// <summary>A member of a room.</summary>
/// <param name="Since">The room's version at which they joined: earlier messages do not notify them.</param>
internal readonly record struct RoomMember(long UserId, long Since);
