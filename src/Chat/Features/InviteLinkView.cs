using BigTech.Chat.Domain;

namespace BigTech.Chat.Features;

/// <param name="Id">For <c>DELETE /chat-rooms/{room_id}/invite-links/{id}</c>.</param>
/// <param name="Code">For <c>POST /invite-links/{code}/join</c>.</param>
/// <param name="Uses">How many users have joined by it.</param>
internal sealed record InviteLinkView(
    long Id, string Code, long RoomId, long CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long? MaxUses, long Uses)
{
    public static InviteLinkView From(InviteLink link) =>
        new(link.Id, link.Code, link.RoomId, link.CreatedBy, link.CreatedAt, link.ExpiresAt, link.MaxUses, link.Uses);
}
