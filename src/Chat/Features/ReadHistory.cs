using System.Buffers;
using System.Globalization;
using System.Text;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Contracts.Chat;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>A page of a room's messages, newest first: the schema of the response that <see cref="HistoryResult"/> writes.</summary>
/// <param name="TotalCount">All messages of the room, deleted ones included.</param>
/// <param name="HasMore">Whether more messages follow in the direction of the request: newer for <c>after</c>, older otherwise.</param>
/// <param name="NextCursor">The value of <c>before</c> (or <c>after</c>) for the next page.</param>
/// <param name="Version">The room's version that the page shows.</param>
/// <param name="LastEventId">Open the room's stream with it to continue exactly after this page.</param>
internal sealed record HistoryPage(
    IReadOnlyList<MessageView> Messages, long TotalCount, bool HasMore, string? NextCursor, long Version, string LastEventId);

/// <summary>The messages of a page, and the seq at which the next page begins.</summary>
internal sealed record HistorySlice(List<StoredMessage> Messages, bool HasMore, long? Next);

/// <summary><c>GET /messages/{room_id}</c> and <c>GET /messages?room_id=</c></summary>
internal static class ReadHistory
{
    public static Task<HistoryResult> HandleWithoutPath(
        [FromQuery(Name = "room_id")] long? roomId, int? limit, string? before, string? after, string? around, int? skip, Caller caller, RoomAccess access, ChatStore store,
        CancellationToken ct) =>
        roomId is { } id
            ? Handle(id, limit, before, after, around, skip, caller, access, store, ct)
            : throw AppError.Invalid("room_id", "Is required.");

    public static async Task<HistoryResult> Handle(
        [FromRoute(Name = "id")] long roomId, int? limit, string? before, string? after, string? around, int? skip, Caller caller, RoomAccess access, ChatStore store,
        CancellationToken ct)
    {
        var size = Paging.Limit(limit);
        var offset = Paging.Skip(skip);
        if (new[] { before, after, around }.Count(text => text is not null) > 1)
        {
            throw AppError.Invalid("before", "Only one of before, after and around may be given.");
        }
        // The room is read first: later commits are on the stream that a client opens with this page's last_event_id.
        var room = await access.Enter(roomId, caller, ct);
        var slice = await store.Messages.Read(messages => Slice(messages, room, size, before, after, around, offset), ct);
        return new HistoryResult(room, slice);
    }

    private static async ValueTask<HistorySlice> Slice(
        IMessageReader stored, Room room, int limit, string? before, string? after, string? around, int skip)
    {
        if (after is not null) return await Newer(stored, room, await Seq(stored, room, after, "after"), limit);
        if (around is not null) return await Around(stored, room, await Seq(stored, room, around, "around"), limit);
        return await Older(stored, room, before is null ? room.LastSeq + 1 : await Seq(stored, room, before, "before"), limit, skip);
    }

    private static async ValueTask<HistorySlice> Older(IMessageReader stored, Room room, long seq, int limit, int skip)
    {
        var messages = await stored.Before(room, seq, limit + 1, skip);
        var hasMore = messages.Count > limit;
        if (hasMore) messages.RemoveAt(limit);
        return new HistorySlice(messages, hasMore, hasMore ? messages[^1].Seq : null);
    }

    private static async ValueTask<HistorySlice> Newer(IMessageReader stored, Room room, long seq, int limit)
    {
        var messages = await stored.After(room, seq, limit + 1);
        var hasMore = messages.Count > limit;
        if (hasMore) messages.RemoveAt(limit);
        messages.Reverse();
        return new HistorySlice(messages, hasMore, hasMore ? messages[0].Seq : null);
    }

    /// <summary>The page with the message in its middle; when one side is short, the other fills it.</summary>
    private static async ValueTask<HistorySlice> Around(IMessageReader stored, Room room, long seq, int limit)
    {
        var newer = await stored.After(room, seq, limit);
        var older = await stored.Before(room, seq + 1, limit + 1);
        var above = Math.Min(newer.Count, Math.Max((limit - 1) / 2, limit - older.Count));
        var below = Math.Min(older.Count, limit - above);
        var messages = newer.Take(above).Reverse().Concat(older.Take(below)).ToList();
        var hasMore = older.Count > below;
        return new HistorySlice(messages, hasMore, hasMore ? messages[^1].Seq : null);
    }

    /// <summary>A position is a seq or the id of a message of the room; never a time.</summary>
    private static async ValueTask<long> Seq(IMessageReader stored, Room room, string text, string field)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) && seq < long.MaxValue) return seq;
        if (TextValidation.Uuid(text) is { } id && await stored.Find(id) is { } message && message.RoomId == room.Id) return message.Seq;
        throw AppError.Invalid(field, "Must be a seq or the id of a message of this room.");
    }
}

/// <summary>The page as JSON, written by hand: a page of fifty messages is the largest response that clients request often.</summary>
internal sealed class HistoryResult(Room room, HistorySlice slice) : IResult
{
    private const int TypicalMessage = 512;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var json = Render();
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = json.Length;
        return httpContext.Response.BodyWriter.WriteAsync(json, httpContext.RequestAborted).AsTask();
    }

    private ReadOnlyMemory<byte> Render()
    {
        var output = new ArrayBufferWriter<byte>((slice.Messages.Count + 1) * TypicalMessage);
        var positions = new ReadPositions(room);
        output.Write("{\"messages\":["u8);
        for (var i = 0; i < slice.Messages.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            var message = slice.Messages[i];
            MessageJson.Write(output, message, positions.Of(message.Seq, message.UserId));
        }
        var next = slice.Next is { } seq ? $"\"{seq}\"" : "null";
        output.Write("],\"total_count\":"u8);
        var rest = string.Create(
            CultureInfo.InvariantCulture,
            $"{room.LastSeq},\"has_more\":{(slice.HasMore ? "true" : "false")},\"next_cursor\":{next},\"version\":{room.Version},\"last_event_id\":\"{new RoomEventId(room.Id, room.Version)}\"}}");
        Encoding.ASCII.GetBytes(rest, output);
        return output.WrittenMemory;
    }
}
