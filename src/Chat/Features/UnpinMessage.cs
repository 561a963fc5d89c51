using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>DELETE /messages/{message_id}/pin</c>: any member unpins a message for all. Idempotent.</summary>
internal static class UnpinMessage
{
    public static Task<NoContent> Handle(
        [FromRoute(Name = "message_id")] Guid messageId, Caller caller, [AsParameters] ChatServices chat, CancellationToken ct) =>
        PinChange.Run(messageId, caller, chat, Unpin, ct);

    private static Room Unpin(ChatTransaction transaction, Room room, Message message, Caller caller) =>
        PinRows.Delete(transaction.Session, room.Id, message.Seq) ? PinChange.Save(transaction, room, caller) : room;
}
