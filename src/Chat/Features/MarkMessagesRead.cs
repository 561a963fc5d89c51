using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Contracts.Chat;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

/// <summary>How far the caller has read.</summary>
/// <param name="RoomId">The id of the room.</param>
/// <param name="MessageIds">1 to 1,000 ids of messages: the newest of them counts.</param>
/// <param name="UpToMessageId">The same for one message.</param>
/// <param name="All"><c>true</c>: all messages of the room. One of the three is required, so that a misspelt one does not read all.</param>
internal sealed record MarkReadRequest(
    long? RoomId, [property: MinLength(1), MaxLength(MarkReadRequest.MaxIds)] IReadOnlyList<string>? MessageIds = null,
    string? UpToMessageId = null, bool? All = null) : IHasExample
{
    public const int MaxIds = 1000;

    public static object Example => new MarkReadRequest(1, UpToMessageId: "01a1fdf9-6213-7c97-a17f-1c06ed2467a6");
}

/// <summary>How far the caller has read a room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="ReadSeq">The <c>seq</c> of the message up to which they have read.</param>
/// <param name="UnreadCount">How many messages are left.</param>
internal sealed record ReadState(long RoomId, long ReadSeq, long UnreadCount);

/// <summary><c>POST /messages/read</c>: moves the read position, forward only.</summary>
internal static class MarkMessagesRead
{
    public static async Task<Ok<ReadState>> Handle(
        MarkReadRequest body, Caller caller, RoomAccess access, ChatStore store, CancellationToken ct)
    {
        Validate(body);
        var roomId = body.RoomId!.Value;
        var before = await access.Enter(roomId, caller, ct);
        var ids = (body.UpToMessageId is { } one ? [one] : body.MessageIds)?.Select(id => TextValidation.Uuid(id) ?? id).ToList();
        var target = await store.Messages.Read(
            async messages => ids is null ? (await messages.Last([before])).GetValueOrDefault(roomId) : await messages.Newest(roomId, ids),
            ct);
        if (target is null && ids is not null) throw ChatErrors.MessageNotFound();
        var room = target is null || target.Seq <= before.Members[caller.UserId].ReadSeq
            ? before
            : await store.Change(transaction => Read(transaction, target, caller.UserId));
        var unread = await UnreadCounts.Of(room, caller.UserId, store, ct);
        return TypedResults.Ok(new ReadState(roomId, room.Members[caller.UserId].ReadSeq, unread));
    }

    private static void Validate(MarkReadRequest body)
    {
        const string one = "Give one of message_ids, up_to_message_id and all.";
        (string Field, bool IsSent)[] selectors =
        [
            ("message_ids", body.MessageIds is not null), ("up_to_message_id", body.UpToMessageId is not null),
            ("all", body.All is not null),
        ];
        var sent = selectors.Where(selector => selector.IsSent).ToList();
        var errors = new ValidationErrors();
        errors.Check(body.RoomId is not null, "room_id", "Is required.");
        errors.Check(sent.Count > 0, "up_to_message_id", one);
        foreach (var (field, _) in sent) errors.Check(sent.Count == 1, field, one);
        errors.Check(body.All is not false, "all", "Can only be true.");
        errors.Check(
            body.MessageIds is null or { Count: > 0 and <= MarkReadRequest.MaxIds }, "message_ids",
            $"Must hold 1 to {MarkReadRequest.MaxIds} ids.");
        errors.Check(body.MessageIds?.Contains(null!) is not true, "message_ids", "Must hold message ids.");
        errors.ThrowIfAny();
    }

    private static Room Read(ChatTransaction transaction, Message target, long callerId)
    {
        var before = transaction.Enter(target.RoomId, callerId);
        var room = before.Read(callerId, target.Seq, target.Ordinal);
        if (ReferenceEquals(room, before)) return room;
        transaction.Append(new MessagesRead(room.Id, room.Version, callerId, target.Seq, target.Id));
        transaction.Save(room, movedReader: callerId);
        transaction.Publish(RoomEvents.Read(room.Id, room.Version, callerId, target.Seq, target.Id));
        return room;
    }
}
