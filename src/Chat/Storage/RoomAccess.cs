using BigTech.Chat.Domain;

namespace BigTech.Chat.Storage;

/// <summary>The only access of requests to rooms and messages: it takes the caller, and admits only members (promise 5).</summary>
internal sealed class RoomAccess(ChatStore store)
{
    /// <exception cref="AppError">404 <c>room_not_found</c>, 403 <c>not_a_member</c>.</exception>
    public async ValueTask<Room> Enter(long roomId, UserSession caller, CancellationToken ct) =>
        EnsureMember(await store.Find(roomId, ct), caller.UserId);

    /// <summary>
    /// The check before a change that checks again: the cached room is enough to continue, but an error needs the stored one.
    /// </summary>
    /// <exception cref="AppError">404 <c>room_not_found</c>, 403 <c>not_a_member</c>.</exception>
    public async ValueTask PrecheckMember(long roomId, UserSession caller, CancellationToken ct)
    {
        if (!store.Rooms.TryGet(roomId, out var room) || !room.HasMember(caller.UserId)) await Enter(roomId, caller, ct);
    }

    /// <summary>A message and its room, for a member of the room.</summary>
    /// <exception cref="AppError">404 <c>message_not_found</c>, 403 <c>not_a_member</c>.</exception>
    public async ValueTask<(Room Room, Message Message)> Enter(Guid messageId, UserSession caller, CancellationToken ct)
    {
        var message = await store.Messages.Read(messages => messages.Find(messageId.ToString()), ct) ?? throw ChatErrors.MessageNotFound();
        return (await Enter(message.RoomId, caller, ct), message);
    }

    /// <summary>The same check for a room that is loaded already.</summary>
    public static Room EnsureMember(Room? room, long callerId)
    {
        if (room is null or { IsDeleted: true }) throw ChatErrors.RoomNotFound();
        if (!room.HasMember(callerId)) throw ChatErrors.NotAMember();
        return room;
    }

    /// <summary>Converts a broken rule into an error.</summary>
    public static void ThrowUnlessAllowed(RoomRule rule)
    {
        switch (rule)
        {
            case RoomRule.Allowed: return;
            case RoomRule.NotAMember: throw ChatErrors.NotAMember();
            case RoomRule.NotAGroup: throw ChatErrors.NotAGroup();
            case RoomRule.NotAnAdmin: throw ChatErrors.NotAnAdmin();
            case RoomRule.NotTheOwner: throw ChatErrors.NotTheOwner();
            case RoomRule.OwnerNeeded: throw ChatErrors.OwnerNeeded();
            case RoomRule.TargetOutranks: throw ChatErrors.Outranked();
            case RoomRule.TargetNotAMember: throw ChatErrors.MemberNotFound();
            case RoomRule.TooManyMembers: throw AppError.Invalid("user_ids", $"A group has at most {Room.MaxGroupMembers} members.");
            default: throw new ArgumentOutOfRangeException(nameof(rule));
        }
    }
}
