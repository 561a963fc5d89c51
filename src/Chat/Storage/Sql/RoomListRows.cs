using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Chat.Storage.Sql;

/// <summary>A position in a list of rooms: after the room of that activity and id.</summary>
internal sealed record RoomPlace(long Id, long LastActivityAt);

/// <summary>The rooms of a user, latest activity first.</summary>
internal static class RoomListRows
{
    private const string PageSql = """
        SELECT r.id, r.last_activity_at FROM members m JOIN rooms r ON r.id = m.room_id
        WHERE m.user_id = ?1 AND m.left_version IS NULL AND (r.last_activity_at < ?2 OR (r.last_activity_at = ?2 AND r.id < ?3))
        ORDER BY r.last_activity_at DESC, r.id DESC LIMIT ?4 OFFSET ?5
        """;

    private const string CountSql = "SELECT COUNT(*) FROM members WHERE user_id = ?1 AND left_version IS NULL";

    public static async ValueTask<int> Count(ReadSession reader, long userId) =>
        (int)(await reader.Prepared(CountSql).Bind(1, userId).Query(row => row.Number(0)))[0];

    public static ValueTask<List<RoomPlace>> After(ReadSession reader, long userId, RoomPlace place, int limit, int skip) =>
        reader.Prepared(PageSql).Bind(1, userId).Bind(2, place.LastActivityAt).Bind(3, place.Id).Bind(4, limit).Bind(5, skip)
            .Query(row => new RoomPlace(row.Number(0), row.Number(1)));
}
