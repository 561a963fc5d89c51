using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;
using BigTech.Contracts.Chat;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>
/// <c>DELETE /chat-rooms/{room_id}</c>: the owner deletes a group. All members leave it at one version and their streams receive that
/// change. The messages are erased in the background.
/// </summary>
internal static class DeleteRoom
{
    public static async Task<NoContent> Handle(
        [FromRoute(Name = "room_id")] long id, Caller caller, RoomAccess access, ChatStore store, RoomErasure erasure, CancellationToken ct)
    {
        RoomAccess.ThrowUnlessAllowed((await access.Enter(id, caller, ct)).MayDeleteRoom(caller.UserId));
        await store.Change(transaction => Delete(transaction, id, caller));
        erasure.RunNow();
        return TypedResults.NoContent();
    }

    private static Room Delete(ChatTransaction transaction, long id, Caller caller)
    {
        var room = transaction.Enter(id, caller.UserId);
        RoomAccess.ThrowUnlessAllowed(room.MayDeleteRoom(caller.UserId));
        return Delete(transaction, room, caller);
    }

    /// <summary>Removes all members at one version, and leaves the content to <see cref="RoomErasure"/>.</summary>
    public static Room Delete(ChatTransaction transaction, Room room, Caller caller)
    {
        var deleted = room.Delete(transaction.Now);
        RoomRows.SaveDeleted(transaction.Session, deleted);
        transaction.Save(deleted);
        foreach (var member in room.Members.Keys.Order())
        {
            transaction.Append(new MemberLeft(room.Id, deleted.Version, member, caller.UserId, deleted.UpdatedAt, MemberLeft.RoomDeleted));
        }
        transaction.Publish(RoomEvents.Deleted(room.Id, deleted.Version));
        return deleted;
    }
}
