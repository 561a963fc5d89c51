using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>The open links of a group, the newest first.</summary>
/// <param name="InviteLinks">The links.</param>
internal sealed record InviteLinkList(IReadOnlyList<InviteLinkView> InviteLinks);

/// <summary><c>GET /chat-rooms/{room_id}/invite-links</c>: admins see the open links of a group.</summary>
internal static class ListInviteLinks
{
    public static async Task<Ok<InviteLinkList>> Handle(
        [FromRoute(Name = "room_id")] long id, Caller caller, RoomAccess access, ChatStore store, TimeProvider time, CancellationToken ct)
    {
        RoomAccess.ThrowUnlessAllowed((await access.Enter(id, caller, ct)).MayAdminister(caller.UserId));
        var links = await store.Sql.Read(reader => InviteLinkRows.OpenOf(reader, id, time.GetUtcNow()), ct);
        return TypedResults.Ok(new InviteLinkList([.. links.Select(InviteLinkView.From)]));
    }
}
