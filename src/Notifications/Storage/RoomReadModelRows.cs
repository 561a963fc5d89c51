using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Storage;

/// <summary>Rooms and their members, as known from their events, as rows.</summary>
internal static class RoomReadModelRows
{
    private static readonly DialectSql FindSql = JsonRowSet.Joined(
        ["id"], given => $"SELECT rooms.id, type, name, room_version, message_version FROM {given} rooms ON rooms.id = given.id");

    private static readonly DialectSql MembersSql = JsonRowSet.Joined(
        ["id"], given => $"SELECT room_id, user_id, version FROM {given} members ON room_id = given.id WHERE is_member = 1");

    private static readonly DialectSql ByMemberSql = JsonRowSet.Joined(
        ["id"], given => $"SELECT room_id FROM {given} members ON room_id = given.id AND user_id = ?2 WHERE is_member = 1");

    private const string NamedSql = """
        SELECT m.user_id, m.version FROM people p JOIN members m ON m.user_id = p.id
        WHERE p.username = ?1 AND m.room_id = ?2 AND m.is_member = 1
        """;

    private static readonly DialectSql SaveMessageVersionsSql = new(
        Sqlite: """
            UPDATE rooms SET message_version = given.version
            FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS version FROM json_each(?1)) AS given
            WHERE rooms.id = given.id
            """,
        MySql: JsonRowSet.Joined(
            ["id", "version"], given => $"UPDATE {given} rooms ON rooms.id = given.id SET rooms.message_version = given.version").MySql);

    private const string InsertMember = "INSERT INTO members (room_id, user_id, is_member, version) VALUES (?1, ?2, ?3, ?4)";

    private static readonly DialectSql SaveMemberSql = new(
        Sqlite: $"""
            {InsertMember} ON CONFLICT (room_id, user_id) DO UPDATE SET is_member = excluded.is_member, version = excluded.version
            WHERE excluded.version > members.version
            """,
        MySql: $"""
            {InsertMember} ON DUPLICATE KEY UPDATE is_member = IF(VALUES(version) > version, VALUES(is_member), is_member),
                version = GREATEST(version, VALUES(version))
            """);

    private const string Insert = "INSERT INTO rooms (id, type, name, room_version, message_version)";

    private static readonly DialectSql SaveSql = new(
        Sqlite: $"""
            {Insert} VALUES (@id, @type, @name, 0, 0)
            ON CONFLICT (id) DO UPDATE SET type = excluded.type, name = CASE WHEN name_version = 0 THEN excluded.name ELSE name END
            """,
        MySql: $"""
            {Insert} VALUES (@id, @type, @name, 0, 0)
            ON DUPLICATE KEY UPDATE type = VALUES(type), name = IF(name_version = 0, VALUES(name), name)
            """);

    private static readonly DialectSql ReportVersionSql = new(
        Sqlite: $"""
            {Insert} VALUES (@roomId, 'group', NULL, @version, 0)
            ON CONFLICT (id) DO UPDATE SET room_version = MAX(room_version, excluded.room_version)
            """,
        MySql: $"""
            {Insert} VALUES (@roomId, 'group', NULL, @version, 0)
            ON DUPLICATE KEY UPDATE room_version = GREATEST(room_version, VALUES(room_version))
            """);

    public static RoomReadModel? Find(UnitOfWork work, long id) => Find(work, [id]).Now().GetValueOrDefault(id);

    /// <summary>The known rooms of the given ones.</summary>
    public static async ValueTask<Dictionary<long, RoomReadModel>> Find(ReadSession reader, IEnumerable<long> ids) =>
        (await reader.Prepared(FindSql).Bind(1, JsonRowSet.From(ids)).Query(row => new RoomReadModel(
            row.Number(0), row.Text(1) == "group", row.OptionalText(2), row.Number(3), row.Number(4)))).ToDictionary(room => room.Id);

    /// <summary>The members of several rooms, by room.</summary>
    public static ILookup<long, RoomMember> Members(UnitOfWork work, IEnumerable<long> rooms) =>
        work.Prepared(MembersSql).Bind(1, JsonRowSet.From(rooms))
            .Query(row => (Room: row.Number(0), Member: new RoomMember(row.Number(1), row.Number(2)))).Now()
            .ToLookup(row => row.Room, row => row.Member);

    /// <summary>The rooms of the given ones that a user is a member of.</summary>
    public static async ValueTask<HashSet<long>> FindByMember(ReadSession reader, long userId, IEnumerable<long> rooms) =>
        [.. await reader.Prepared(ByMemberSql).Bind(1, JsonRowSet.From(rooms)).Bind(2, userId).Query(row => row.Number(0))];

    /// <summary>The member with that username, ignoring case.</summary>
    public static RoomMember? Named(UnitOfWork work, long roomId, string username) =>
        work.Prepared(NamedSql).Bind(1, username).Bind(2, roomId).Query(row => new RoomMember(row.Number(0), row.Number(1))).Now()
            .Select(member => (RoomMember?)member).FirstOrDefault();

    /// <summary>Stores a room; the name of a newer event is kept.</summary>
    public static void Save(UnitOfWork work, long id, string type, string? name) => work.Execute(SaveSql, new { id, type, name });

    /// <summary>Stores the name of a known room; an older event never overwrites a newer one.</summary>
    public static void SaveName(UnitOfWork work, long id, string? name, long version) => work.Execute(
        "UPDATE rooms SET name = @name, name_version = @version WHERE id = @id AND name_version < @version", new { id, name, version });

    /// <summary>Stores that a user joined or left; an older event never overwrites a newer one.</summary>
    /// <returns>Whether the event was newer.</returns>
    public static bool SaveMember(UnitOfWork work, long roomId, long userId, bool isMember, long version) => work.Execute(
        work.Prepared(SaveMemberSql).Bind(1, roomId).Bind(2, userId).Bind(3, isMember ? 1 : 0).Bind(4, version)) > 0;

    /// <summary>Records a change of the room. A group without a creation event is stored without its name.</summary>
    public static void ReportVersion(UnitOfWork work, long roomId, long version) => work.Execute(ReportVersionSql, new { roomId, version });

    /// <summary>Records the message versions of several rooms.</summary>
    public static void SaveMessageVersions(UnitOfWork work, IEnumerable<(long RoomId, long Version)> versions) =>
        work.Execute(work.Prepared(SaveMessageVersionsSql).Bind(1, JsonRowSet.From(versions)));
}
