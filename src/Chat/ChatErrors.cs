using BigTech.Chat.Domain;

namespace BigTech.Chat;

/// <summary>The errors of this context. The routes name those of each operation.</summary>
internal static class ChatErrors
{
    public static AppError RoomNotFound() => AppError.NotFound("room_not_found", "There is no such room.");

    public static AppError NotAMember() => AppError.Forbidden("not_a_member", "Only members may do this.");

    public static AppError NotAGroup() => AppError.Forbidden(
        "not_a_group", "A 1:1 room has no name and no roles, its members do not change, and it is not deleted.");

    public static AppError NotAnAdmin() => AppError.Forbidden("not_an_admin", "Only an admin may do this.");

    public static AppError NotTheOwner() => AppError.Forbidden("not_the_owner", "Only the owner may do this.");

    public static AppError OwnerNeeded() =>
        AppError.Conflict("owner_needed", "A group has an owner: make another member the owner.", "role");

    public static AppError Outranked() => AppError.Forbidden("outranked", "Only a member with a higher role may do this.");

    public static AppError MemberNotFound() => AppError.NotFound("member_not_found", "That user is not a member of the room.");

    public static AppError UserNotFound() => AppError.NotFound("user_not_found", "There is no such user.");

    public static AppError Self() => AppError.BadRequest("self", "A 1:1 room needs another user.");

    /// <summary>The error for both users, whichever of them has blocked the other.</summary>
    public static AppError Blocked() => AppError.Forbidden("blocked", "This is not possible with this user.");

    /// <param name="users">The users who let only their friends do this.</param>
    public static AppError NotAllowedByPrivacy(params IEnumerable<long> users) => AppError.Forbidden(
        "not_allowed_by_privacy", "These users let only their friends do this.", [.. users]);

    public static AppError OthersWereRemoved() => AppError.Forbidden(
        "removed_from_room", "An admin has removed one of these users from the group: only an admin adds them again.");

    public static AppError CallerWasRemoved() => AppError.Forbidden(
        "removed_from_room", "An admin has removed this user from the group: an admin must add them again.");

    /// <summary>The error for every link that is not open; it does not reveal the reason.</summary>
    public static AppError LinkNotFound() =>
        AppError.NotFound("invite_link_not_found", "There is no such link, or it no longer works.");

    public static AppError RoomFull() => AppError.Conflict("room_full", $"A group has at most {Room.MaxGroupMembers} members.");

    public static AppError TooManyOpenLinks() => AppError.Conflict(
        "too_many_invite_links", $"A group has at most {InviteLink.MaxPerRoom} open links: revoke one.");

    public static AppError TooManyKeptLinks() => AppError.Conflict(
        "too_many_invite_links",
        $"A group has at most {InviteLink.MaxKeptPerRoom} links, ended ones of the last day included: wait for some to go.");

    public static AppError MessageNotFound() => AppError.NotFound("message_not_found", "There is no such message.");

    public static AppError MessageDeleted() => AppError.Conflict("message_deleted", "The message has been deleted.");

    public static AppError NotTheEditor() => AppError.Forbidden("not_the_author", "Only its author may edit a message.");

    public static AppError NotTheDeleter() => AppError.Forbidden(
        "not_the_author", "Only its author or an admin of the group may delete a message.");

    public static AppError ClientMessageIdReused() => AppError.Conflict(
        "client_message_id_reused", "Another message was sent with this client_message_id.", "client_message_id");

    public static AppError TooManyReactions() => AppError.Conflict(
        "too_many_reactions", $"A message takes {Message.MaxReactions} different emoji.", "emoji");

    public static AppError TooManyPins() => AppError.Conflict("too_many_pins", $"A room has at most {Room.MaxPins} pinned messages.");
}
