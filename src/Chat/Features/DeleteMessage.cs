using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>DELETE /messages/{message_id}</c>: the place stays, the content is removed. Idempotent.</summary>
internal static class DeleteMessage
{
    public static async Task<MessageResult> Handle(
        [FromRoute(Name = "id")] Guid messageId, Caller caller, RoomAccess access, ChatStore store, ChatUserReadModel users,
        CancellationToken ct)
    {
        var (room, message) = await access.Enter(messageId, caller, ct);
        await users.Find([message.UserId], ct);
        var deleted = await store.Change(
            transaction => Delete(transaction, room.Id, message.Id, caller.UserId), new MessageKeys(message.Id));
        return new MessageResult(deleted);
    }

    private static RenderedMessage Delete(ChatTransaction transaction, long roomId, string messageId, long callerId)
    {
        var room = transaction.Enter(roomId, callerId);
        var message = transaction.Messages.Find(messageId) ?? throw ChatErrors.MessageNotFound();
        if (message.IsSystem || !room.MayDelete(callerId, message.UserId)) throw ChatErrors.NotTheDeleter();
        if (message.IsDeleted) return transaction.Render(room, message);
        var changed = room.Touch();
        return transaction.Change(changed, message.Delete(changed.Version, transaction.Now));
    }
}
