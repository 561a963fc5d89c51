using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>An event of a room's messages that waits for an earlier one of the room.</summary>
internal sealed record DeferredEvent(long Version, string Type, byte[] Data);

/// <summary>Events that arrived before their predecessors. They wait in the store, so that other rooms do not wait with them.</summary>
internal static class DeferredEvents
{
    private const string Insert =
        "INSERT INTO held_events (room_id, version, type, data, held_at) VALUES (@roomId, @Version, @Type, @Data, @now)";

    private static readonly DialectSql SaveSql = new(
        Sqlite: $"{Insert} ON CONFLICT (room_id, version) DO NOTHING", MySql: $"{Insert} ON DUPLICATE KEY UPDATE room_id = room_id");

    private static readonly DialectSql AnySql = JsonRowSet.Joined(
        ["id"], given => $"SELECT DISTINCT room_id FROM {given} held_events ON room_id = given.id");

    public static bool Any(UnitOfWork work, long roomId) => Any(work, [roomId]).Count > 0;

    /// <summary>The rooms of the given ones that have deferred events.</summary>
    public static HashSet<long> Any(UnitOfWork work, IEnumerable<long> rooms) =>
        [.. work.Prepared(AnySql).Bind(1, JsonRowSet.From(rooms)).Query(row => row.Number(0)).Now()];

    public static void Save(UnitOfWork work, long roomId, DeferredEvent held, DateTimeOffset now) =>
        work.Execute(SaveSql, new { roomId, held.Version, held.Type, held.Data, now = now.ToDb() });

    /// <summary>All of a room, in order of their versions.</summary>
    public static List<DeferredEvent> FindByRoom(UnitOfWork work, long roomId) => work.Query<DeferredEvent>(
        "SELECT version AS Version, type AS Type, data AS Data FROM held_events WHERE room_id = @roomId ORDER BY version", new { roomId });

    /// <summary>Rooms with an event that was deferred at this time or earlier.</summary>
    public static ValueTask<List<long>> RoomsSince(ReadSession reader, DateTimeOffset time) =>
        reader.Query<long>("SELECT DISTINCT room_id FROM held_events WHERE held_at <= @at", new { at = time.ToDb() });

    public static void DeleteUpTo(UnitOfWork work, long roomId, long version) =>
        work.Execute("DELETE FROM held_events WHERE room_id = @roomId AND version <= @version", new { roomId, version });
}
