namespace BigTech.Chat.Messages;

internal enum ReplayKind
{
    MessageCreated,
    MessageChanged,
    Read,
    MemberJoined,
    MemberLeft,
    RoleChanged,
    RoomChanged,
    RoomDeleted,
}

/// <summary>One event that a client missed.</summary>
/// <param name="Seq">The message's place; for a read, the read position.</param>
/// <param name="UserId">The member, for changes of a member.</param>
internal readonly record struct ReplayEntry(long Version, ReplayKind Kind, long Seq, long UserId);
