using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>POST /messages/{message_id}/pin</c>: any member pins a message for all. Idempotent.</summary>
internal static class PinMessage
{
    public static Task<NoContent> Handle(
        [FromRoute(Name = "message_id")] Guid messageId, Caller caller, [AsParameters] ChatServices chat, CancellationToken ct) =>
        PinChange.Run(messageId, caller, chat, Pin, ct);

    private static Room Pin(ChatTransaction transaction, Room room, Message message, Caller caller)
    {
        if (message.IsDeleted) throw ChatErrors.MessageDeleted();
        var pins = PinRows.FindByRoom(transaction.Session, room.Id).Now();
        if (pins.Exists(pin => pin.Seq == message.Seq)) return room;
        if (pins.Count >= Room.MaxPins) throw ChatErrors.TooManyPins();
        PinRows.Insert(transaction.Session, room.Id, new Pin(message.Seq, caller.UserId, transaction.Now));
        return transaction.PostSystem(PinChange.Save(transaction, room, caller), caller, $"{caller.Username} pinned a message");
    }
}
