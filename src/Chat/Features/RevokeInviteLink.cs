using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>DELETE /chat-rooms/{room_id}/invite-links/{link_id}</c>: an admin revokes a link of the group.</summary>
internal static class RevokeInviteLink
{
    public static async Task<NoContent> Handle(
        [FromRoute(Name = "room_id")] long id, [FromRoute(Name = "link_id")] long linkId, Caller caller, RoomAccess access,
        ChatStore store, CancellationToken ct)
    {
        RoomAccess.ThrowUnlessAllowed((await access.Enter(id, caller, ct)).MayAdminister(caller.UserId));
        await store.Change(transaction => Revoke(transaction, id, linkId, caller.UserId));
        return TypedResults.NoContent();
    }

    private static InviteLink Revoke(ChatTransaction transaction, long id, long linkId, long callerId)
    {
        RoomAccess.ThrowUnlessAllowed(transaction.Enter(id, callerId).MayAdminister(callerId));
        var link = InviteLinkRows.Find(transaction.Session, id, linkId);
        if (link is null || !link.IsOpen(transaction.Now)) throw ChatErrors.LinkNotFound();
        var revoked = link.Revoke(transaction.Now);
        InviteLinkRows.Save(transaction.Session, revoked);
        return revoked;
    }
}
