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
        var message = await store.Messages.Read(messages => messages.Find(messageId.ToString()), ct) ?? throw UnknownMessage();
        return (await Enter(message.RoomId, caller, ct), message);
    }

    public static AppError UnknownMessage() => AppError.NotFound("message_not_found", "There is no such message.");

    /// <summary>The error for every link that is not open; it does not reveal the reason.</summary>
    public static AppError UnknownLink() => AppError.NotFound("invite_link_not_found", "There is no such link, or it no longer works.");

    /// <summary>The same check for a room that is loaded already.</summary>
    public static Room EnsureMember(Room? room, long callerId)
    {
        if (room is null or { IsDeleted: true }) throw AppError.NotFound("room_not_found", "There is no such room.");
        if (!room.HasMember(callerId)) throw AppError.Forbidden("not_a_member", "Only members may do this.");
        return room;
    }

    /// <summary>Converts a broken rule into an error.</summary>
    public static void ThrowUnlessAllowed(RoomRule rule)
    {
        switch (rule)
        {
            case RoomRule.Allowed: return;
            case RoomRule.NotAMember: throw AppError.Forbidden("not_a_member", "Only members may do this.");
            case RoomRule.NotAGroup:
                throw AppError.Forbidden(
                "not_a_group", "A 1:1 room has no name and no roles, its members do not change, and it is not deleted.");
            case RoomRule.NotAnAdmin: throw AppError.Forbidden("not_an_admin", "Only an admin may do this.");
            case RoomRule.NotTheOwner: throw AppError.Forbidden("not_the_owner", "Only the owner may do this.");
            case RoomRule.OwnerNeeded:
                throw AppError.Conflict(
                "owner_needed", "A group has an owner: make another member the owner.", "role");
            case RoomRule.TargetOutranks: throw AppError.Forbidden("outranked", "Only a member with a higher role may do this.");
            case RoomRule.TargetNotAMember: throw AppError.NotFound("member_not_found", "That user is not a member of the room.");
            case RoomRule.TooManyMembers: throw AppError.Invalid("user_ids", $"A group has at most {Room.MaxGroupMembers} members.");
            default: throw new ArgumentOutOfRangeException(nameof(rule));
        }
    }
}
