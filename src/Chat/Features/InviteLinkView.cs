using BigTech.Chat.Domain;

namespace BigTech.Chat.Features;

/// <summary>A link that lets users join a group.</summary>
/// <param name="Id">For <c>DELETE /chat-rooms/{room_id}/invite-links/{id}</c>.</param>
/// <param name="Code">For <c>POST /invite-links/{code}/join</c>.</param>
/// <param name="RoomId">The group.</param>
/// <param name="CreatedBy">The member who made it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="MaxUses">How many users may join by it; null without a limit.</param>
/// <param name="Uses">How many users have joined by it.</param>
internal sealed record InviteLinkView(
    long Id, string Code, long RoomId, long CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long? MaxUses, long Uses)
{
    public static InviteLinkView From(InviteLink link) =>
        new(link.Id, link.Code, link.RoomId, link.CreatedBy, link.CreatedAt, link.ExpiresAt, link.MaxUses, link.Uses);
}
