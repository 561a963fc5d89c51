using System.Globalization;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

/// <summary>A page of the caller's rooms, latest activity first.</summary>
internal sealed record RoomPage(IReadOnlyList<RoomView> Rooms, int TotalCount, string? NextCursor);

/// <summary><c>GET /chat-rooms</c></summary>
internal static class ListRooms
{
    private const string PageSql = """
        SELECT r.id, r.last_activity_at FROM members m JOIN rooms r ON r.id = m.room_id
        WHERE m.user_id = ?1 AND m.left_version IS NULL AND (r.last_activity_at < ?2 OR (r.last_activity_at = ?2 AND r.id < ?3))
        ORDER BY r.last_activity_at DESC, r.id DESC LIMIT ?4 OFFSET ?5
        """;

    private const string CountSql = "SELECT COUNT(*) FROM members WHERE user_id = ?1 AND left_version IS NULL";

    private sealed record Place(long Id, long LastActivityAt);

    public static async Task<Ok<RoomPage>> Handle(
        int? limit, string? before, string? after, string? cursor, int? skip, Caller caller, ChatStore store, RoomViews views, CancellationToken ct)
    {
        var size = Paging.Limit(limit);
        var offset = Paging.Skip(skip);
        var from = Parse(before ?? after ?? cursor);
        var (total, places) = await store.Sql.Read(
            async reader => (
                (int)(await reader.Prepared(CountSql).Bind(1, caller.UserId).Query(row => row.Number(0)))[0],
                await reader.Prepared(PageSql).Bind(1, caller.UserId).Bind(2, from.LastActivityAt).Bind(3, from.Id).Bind(4, size + 1).Bind(5, offset)
                    .Query(row => new Place(row.Number(0), row.Number(1)))),
            ct);
        var rooms = new List<Room>();
        foreach (var place in places.Take(size))
        {
            if (await store.Find(place.Id, ct) is { } room && room.HasMember(caller.UserId)) rooms.Add(room);
        }
        var next = places.Count > size ? Paging.Cursor($"{places[size - 1].LastActivityAt}:{places[size - 1].Id}") : null;
        return TypedResults.Ok(new RoomPage(await views.Of(rooms, caller.UserId, RoomViews.MembersInLists, ct), total, next));
    }

    private static Place Parse(string? cursor)
    {
        if (Paging.Place(cursor, "before") is not { } text) return new Place(long.MaxValue, long.MaxValue);
        return text.Split(':') is [var activity, var id]
            && long.TryParse(activity, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var room)
            ? new Place(room, at)
            : throw AppError.Invalid("before", "Is not a cursor of this list.");
    }
}
