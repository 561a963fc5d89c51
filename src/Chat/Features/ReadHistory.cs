using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
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

internal readonly record struct HistoryQuery(
    [FromQuery(Name = "limit")] int? Limit, [FromQuery(Name = "before")] string? Before,
    [FromQuery(Name = "after")] string? After, [FromQuery(Name = "around")] string? Around,
    [FromQuery(Name = "skip")] int? Skip)
{
    /// <exception cref="AppError">422: more than one place.</exception>
    public void Validate()
    {
        (string Field, string? Text)[] places = [("before", Before), ("after", After), ("around", Around)];
        var sent = places.Where(place => place.Text is not null).ToList();
        var errors = new ValidationErrors();
        foreach (var (field, _) in sent) errors.Check(sent.Count == 1, field, "Only one of before, after and around may be given.");
        errors.ThrowIfAny();
    }
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
        var skip = Paging.Skip(query.Skip);
        query.Validate();
        // The room is read first: later commits are on the stream that a client opens with this page's last_event_id.
        var room = await access.Enter(roomId, caller, ct);
        var slice = await store.Messages.Read(messages => Slice(messages, room, query, limit, skip), ct);
        return new HistoryResult(room, slice);
    }

    private static async ValueTask<HistorySlice> Slice(IMessageReader stored, Room room, HistoryQuery query, int limit, int skip)
    {
        if (query.After is { } after) return await Newer(stored, room, await Seq(stored, room, after, "after"), limit);
        if (query.Around is { } around) return await Around(stored, room, await Seq(stored, room, around, "around"), limit);
        return await Older(
            stored, room, query.Before is { } before ? await Seq(stored, room, before, "before") : room.LastSeq + 1, limit, skip);
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
