using System.Globalization;
using System.Text.Json;
using BigTech.Chat.Domain;
using BigTech.Chat.Live;
using BigTech.Chat.Storage;
using BigTech.Contracts.Chat;
using BigTech.Platform.Auth;
using BigTech.Platform.Http;
using BigTech.Platform.Sql;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>A page of a room's messages, newest first.</summary>
/// <param name="TotalCount">All messages of the room, deleted ones included.</param>
/// <param name="HasMore">Whether there are more in the direction of the request: newer for <c>after</c>, older otherwise.</param>
/// <param name="NextCursor">What to pass as <c>before</c> (or <c>after</c>) for the next page.</param>
/// <param name="Version">The room's version that the page shows.</param>
/// <param name="LastEventId">Open the room's stream with it to go on from exactly this page.</param>
internal sealed record HistoryPage(
    IReadOnlyList<MessageView> Messages, long TotalCount, bool HasMore, string? NextCursor, long Version, string LastEventId);

/// <summary><c>GET /messages/{room_id}</c> and <c>GET /messages?room_id=</c></summary>
internal static class ReadHistory
{
    public static Task<HistoryResult> HandleWithoutPath(
        [FromQuery(Name = "room_id")] long? roomId, int? limit, string? before, string? after, string? around, int? skip, Caller caller, RoomAccess access, ChatStore store,
        UserNames names, CancellationToken ct) =>
        roomId is { } id
            ? Handle(id, limit, before, after, around, skip, caller, access, store, names, ct)
            : throw Refusal.Invalid("room_id", "Is required.");

    public static async Task<HistoryResult> Handle(
        [FromRoute(Name = "id")] long roomId, int? limit, string? before, string? after, string? around, int? skip, Caller caller, RoomAccess access, ChatStore store,
        UserNames names, CancellationToken ct)
    {
        var size = Paging.Limit(limit);
        var offset = Paging.Skip(skip);
        if (new[] { before, after, around }.Count(text => text is not null) > 1)
        {
            throw Refusal.Invalid("before", "Only one of before, after and around may be given.");
        }
        // The room comes first: what commits after it is on the stream that a client opens with this page's last_event_id.
        var room = await access.Enter(roomId, caller, ct);
        var page = await store.Database.Read(session => Page(session, room, size, before, after, around, offset), ct);
        await names.Find([.. page.Messages.Select(m => m.UserId).Distinct()], ct);
        var positions = new ReadPositions(room);
        return new HistoryResult(new HistoryPage(
            [.. page.Messages.Select(message => MessageViews.Of(message, positions, names.Username(message.UserId)))],
            room.LastSeq, page.HasMore, page.Next?.ToString(CultureInfo.InvariantCulture), room.Version,
            new RoomEventId(roomId, room.Version).ToString()));
    }

    private sealed record MessagePage(List<Message> Messages, bool HasMore, long? Next);

    private static MessagePage Page(SqlSession session, Room room, int limit, string? before, string? after, string? around, int skip)
    {
        var roomId = room.Id;
        if (after is not null) return Newer(session, roomId, Seq(session, roomId, after, "after"), limit);
        if (around is not null) return Around(session, roomId, Seq(session, roomId, around, "around"), limit);
        return Older(session, roomId, before is null ? room.LastSeq + 1 : Seq(session, roomId, before, "before"), limit, skip);
    }

    private static MessagePage Older(SqlSession session, long roomId, long seq, int limit, int skip)
    {
        var messages = MessageRows.Before(session, roomId, seq, limit + 1, skip);
        var hasMore = messages.Count > limit;
        if (hasMore) messages.RemoveAt(limit);
        return new MessagePage(messages, hasMore, hasMore ? messages[^1].Seq : null);
    }

    private static MessagePage Newer(SqlSession session, long roomId, long seq, int limit)
    {
        var messages = MessageRows.After(session, roomId, seq, limit + 1);
        var hasMore = messages.Count > limit;
        if (hasMore) messages.RemoveAt(limit);
        messages.Reverse();
        return new MessagePage(messages, hasMore, hasMore ? messages[0].Seq : null);
    }

    /// <summary>The message in the middle; what one side lacks, the other side fills.</summary>
    private static MessagePage Around(SqlSession session, long roomId, long seq, int limit)
    {
        var newer = MessageRows.After(session, roomId, seq, limit);
        var older = MessageRows.Before(session, roomId, seq + 1, limit + 1);
        var above = Math.Min(newer.Count, Math.Max((limit - 1) / 2, limit - older.Count));
        var below = Math.Min(older.Count, limit - above);
        var messages = newer.Take(above).Reverse().Concat(older.Take(below)).ToList();
        var hasMore = older.Count > below;
        return new MessagePage(messages, hasMore, hasMore ? messages[^1].Seq : null);
    }

    /// <summary>A place is a seq or the id of a message of the room; never a time.</summary>
    private static long Seq(SqlSession session, long roomId, string text, string field)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) && seq < long.MaxValue) return seq;
        if (Guid.TryParseExact(text, "D", out _) && MessageRows.Find(session, text) is { } message && message.RoomId == roomId) return message.Seq;
        throw Refusal.Invalid(field, "Must be a seq or the id of a message of this room.");
    }
}

/// <summary>The page as JSON, written by hand: a page of fifty is the largest answer that clients ask for all the time.</summary>
internal sealed class HistoryResult(HistoryPage page) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, MessageJson.Options);
        json.WriteStartObject();
        json.WriteStartArray("messages"u8);
        foreach (var message in page.Messages) MessageJson.Write(json, message);
        json.WriteEndArray();
        json.WriteNumber("total_count"u8, page.TotalCount);
        json.WriteBoolean("has_more"u8, page.HasMore);
        json.WriteString("next_cursor"u8, page.NextCursor);
        json.WriteNumber("version"u8, page.Version);
        json.WriteString("last_event_id"u8, page.LastEventId);
        json.WriteEndObject();
    }
}
