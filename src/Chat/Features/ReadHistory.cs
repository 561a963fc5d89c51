using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Contracts.Chat;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>A page of a room's messages, newest first.</summary>
/// <remarks>The schema of the response that <see cref="HistoryResult"/> writes.</remarks>
/// <param name="Messages">The messages of this page.</param>
/// <param name="TotalCount">All messages of the room, deleted ones included.</param>
/// <param name="HasMore">Whether more messages follow in the direction of the request: newer for <c>after</c>, older otherwise.</param>
/// <param name="NextCursor">The value of <c>before</c>, <c>cursor</c> (or <c>after</c>) for the next page; null on the last one.</param>
/// <param name="Version">The room's version that the page shows.</param>
/// <param name="LastEventId">Open the room's stream with it to continue exactly after this page.</param>
internal sealed record HistoryPage(
    IReadOnlyList<MessageView> Messages, long TotalCount, bool HasMore, string? NextCursor, long Version, string LastEventId);

internal readonly record struct HistoryQuery(
    [FromQuery(Name = "limit")]
    [property: Description(CursorQuery.LimitText), Range(1, Paging.MaxLimit)]
    int? Limit,
    [FromQuery(Name = "before")]
    [property: Description("A seq or the id of a message: older ones follow. Also the next_cursor of a page.")]
    string? Before,
    [FromQuery(Name = "after")]
    [property: Description("A seq or the id of a message: newer ones follow.")]
    string? After,
    [FromQuery(Name = "around")]
    [property: Description("A seq or the id of a message: the page has it in its middle.")]
    string? Around,
    [FromQuery(Name = "skip")]
    [property: Description("How many messages to leave out, towards older ones."), Range(0, int.MaxValue)]
    int? Skip,
    [FromQuery(Name = "offset")]
    [property: Description(Paging.OffsetText), Range(0, int.MaxValue)]
    int? Offset,
    [FromQuery(Name = "cursor")]
    [property: Description("Another name of before.")]
    string? Cursor)
{
    /// <summary>The place of the page; <c>cursor</c> is another name of <c>before</c>.</summary>
    /// <exception cref="AppError">422: more than one place.</exception>
    public SentCursor Place() => Paging.OneOf(("before", Before), ("cursor", Cursor), ("after", After), ("around", Around));
}

/// <summary><c>GET /messages/{room_id}</c> and <c>GET /messages?room_id=</c></summary>
internal static class ReadHistory
{
    public static Task<HistoryResult> HandleWithoutPath(
        [FromQuery(Name = "room_id")] long? roomId, [AsParameters] HistoryQuery query, Caller caller, RoomAccess access, ChatStore store,
        CancellationToken ct) =>
        roomId is { } id
            ? Handle(id, query, caller, access, store, ct)
            : throw AppError.Invalid("room_id", "Is required.");

    public static async Task<HistoryResult> Handle(
        [FromRoute(Name = "id")] long roomId, [AsParameters] HistoryQuery query, Caller caller, RoomAccess access, ChatStore store,
        CancellationToken ct)
    {
        var limit = Paging.Limit(query.Limit);
        var skip = Paging.Skip(query.Skip, query.Offset);
        var place = query.Place();
        if (skip > 0 && place.Field is ("after" or "around"))
        {
            throw AppError.Invalid(
                query.Skip is null ? "offset" : "skip", $"Counts towards older messages and cannot be combined with {place.Field}.");
        }
        // The room is read first: later commits are on the stream that a client opens with this page's last_event_id.
        var room = await access.Enter(roomId, caller, ct);
        var slice = await store.Messages.Read(messages => Slice(messages, room, place, limit, skip), ct);
        return new HistoryResult(room, slice);
    }

    private static async ValueTask<HistorySlice> Slice(IMessageReader stored, Room room, SentCursor place, int limit, int skip)
    {
        var seq = place.Text is { } text ? await Seq(stored, room, text, place.Field) : room.LastSeq + 1;
        return place.Field switch
        {
            "after" => await Newer(stored, room, seq, limit),
            "around" => await Around(stored, room, seq, limit),
            _ => await Older(stored, room, seq, limit, skip),
        };
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
