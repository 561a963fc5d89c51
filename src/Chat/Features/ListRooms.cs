using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Sql;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

/// <summary>A page of the caller's rooms, latest activity first.</summary>
/// <param name="Rooms">The rooms of this page.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last one.</param>
internal sealed record RoomPage(IReadOnlyList<RoomView> Rooms, int TotalCount, string? NextCursor);

/// <summary><c>GET /chat-rooms</c></summary>
internal static class ListRooms
{
    public static async Task<Ok<RoomPage>> Handle(
        [Description("Another name of after.")] string? before,
        [Description(Paging.SkipText), Range(0, int.MaxValue)] int? skip,
        [Description(Paging.OffsetText), Range(0, int.MaxValue)] int? offset,
        [AsParameters] CursorQuery query, Caller caller, [AsParameters] ChatServices chat,
        CancellationToken ct)
    {
        var size = Paging.Limit(query.Limit);
        var skipped = Paging.Skip(skip, offset);
        var from = Parse(Paging.OneOf(("before", before), ("after", query.After), ("cursor", query.Cursor)));
        var (total, places) = await chat.Store.Sql.Read(
            async reader => (
                await RoomListRows.Count(reader, caller.UserId), await RoomListRows.After(reader, caller.UserId, from, size + 1, skipped)),
            ct);
        var rooms = new List<Room>();
        foreach (var place in places.Take(size))
        {
            if (await chat.Store.Find(place.Id, ct) is { } room && room.HasMember(caller.UserId)) rooms.Add(room);
        }
        var next = places.Count > size ? Paging.Cursor($"{places[size - 1].LastActivityAt}:{places[size - 1].Id}") : null;
        return TypedResults.Ok(new RoomPage(await chat.Views.Of(rooms, caller.UserId, RoomViews.MembersInLists, ct), total, next));
    }

    private static RoomPlace Parse(SentCursor cursor)
    {
        if (cursor.Read() is not { } text) return new RoomPlace(long.MaxValue, long.MaxValue);
        return text.Split(':') is [var activity, var id]
            && long.TryParse(activity, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var room)
            ? new RoomPlace(room, at)
            : throw cursor.NotOfThisList();
    }
}
