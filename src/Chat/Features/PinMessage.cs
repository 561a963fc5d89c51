using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using BigTech.Chat.Storage.Sql;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>
/// <c>POST /messages/{id}/pin</c> and <c>DELETE</c> of the same: any member pins a message for all, or unpins it. Both are idempotent.
/// </summary>
internal static class PinMessage
{
    public static Task<NoContent> Pin(
        [FromRoute(Name = "id")] Guid messageId, Caller caller, RoomAccess access, ChatStore store, BlockedPairs blocks,
        CancellationToken ct) =>
        Handle(messageId, caller, access, store, blocks, Pin, ct);

    public static Task<NoContent> Unpin(
        [FromRoute(Name = "id")] Guid messageId, Caller caller, RoomAccess access, ChatStore store, BlockedPairs blocks,
        CancellationToken ct) =>
        Handle(messageId, caller, access, store, blocks, Unpin, ct);

    private static async Task<NoContent> Handle(
        Guid messageId, Caller caller, RoomAccess access, ChatStore store, BlockedPairs blocks, Func<ChatTransaction, Room, Message, Caller,
        Room> change,
        CancellationToken ct)
    {
        var (room, message) = await access.Enter(messageId, caller, ct);
        await store.Change(transaction => Change(transaction, room.Id, message.Id, caller, blocks, change), new MessageKeys(message.Id));
        return TypedResults.NoContent();
    }

    private static Room Change(
        ChatTransaction transaction, long roomId, string messageId, Caller caller, BlockedPairs blocks, Func<ChatTransaction, Room, Message,
        Caller, Room> change)
    {
        var room = transaction.Enter(roomId, caller.UserId);
        // The other user sees what is pinned, too.
        if (blocks.IsPostingBlocked(transaction.Session, room, caller.UserId)) throw BlockedPairs.Blocked();
        return change(transaction, room, transaction.Messages.Find(messageId) ?? throw RoomAccess.UnknownMessage(), caller);
    }

    private static Room Pin(ChatTransaction transaction, Room room, Message message, Caller caller)
    {
        if (message.IsDeleted) throw AppError.Conflict("message_deleted", "The message has been deleted.");
        var pins = PinRows.FindByRoom(transaction.Session, room.Id).Now();
        if (pins.Exists(pin => pin.Seq == message.Seq)) return room;
        if (pins.Count >= Room.MaxPins) throw AppError.Conflict("too_many_pins", $"A room has at most {Room.MaxPins} pinned messages.");
        PinRows.Insert(transaction.Session, room.Id, new Pin(message.Seq, caller.UserId, transaction.Now));
        return transaction.PostSystem(SaveInfo(transaction, room, caller), caller, $"{caller.Username} pinned a message");
    }

    private static Room Unpin(ChatTransaction transaction, Room room, Message message, Caller caller) =>
        PinRows.Delete(transaction.Session, room.Id, message.Seq) ? SaveInfo(transaction, room, caller) : room;

    private static Room SaveInfo(ChatTransaction transaction, Room room, Caller caller)
    {
        room = room.ChangeInfo(transaction.Now);
        transaction.SaveInfo(room, caller.UserId);
        return room;
    }
}
