namespace BigTech.Notifications.Domain;

/// <summary>A room as far as its events have told of it.</summary>
/// <param name="RoomVersion">The newest change of the room itself (its members, its name) that has been heard of.</param>
/// <param name="MessageVersion">The newest change of its messages.</param>
internal sealed record RoomReadModel(long Id, bool IsGroup, string? Name, long RoomVersion, long MessageVersion)
{
    /// <summary>
    /// Whether all that happened before a change of the room's messages is known. A room's versions have no gaps, and changes of its
    /// messages come in order: what is missing between the last one and this one are changes of the room.
    /// </summary>
    public bool Explains(long version) => version == MessageVersion + 1 || version - 1 <= RoomVersion;
}

/// <summary>Somebody in a room.</summary>
/// <param name="Since">The room's version with which he came: what was said before is not for him.</param>
internal readonly record struct RoomMember(long UserId, long Since);
