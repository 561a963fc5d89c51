using System.Collections.Immutable;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;

namespace BigTech.Chat.Storage.Sql;

internal static class RoomRows
{
    private const string SelectRoom = """
        SELECT id, type, name, created_by, created_at, updated_at, last_activity_at, last_seq, ordinal, version, info_version,
            deleted_version
        FROM rooms WHERE id = ?1
        """;

    private const string SelectMembers = """
        SELECT user_id, role, joined_at, joined_seq, joined_version, read_seq, read_ordinal, read_version, has_written
        FROM members WHERE room_id = ?1 AND left_version IS NULL
        """;

    private const string InsertMember = """
        INSERT INTO members
            (room_id, user_id, role, joined_at, joined_seq, joined_version, read_seq, read_ordinal, read_version, has_written,
                left_version)
        VALUES (@roomId, @UserId, @role, @joinedAt, @JoinedSeq, @JoinedVersion, @ReadSeq, @ReadOrdinal, @ReadVersion, @HasWritten,
            NULL)
        """;

    private static readonly DialectSql UpsertMember = new(
        Sqlite: $"""
            {InsertMember}
            ON CONFLICT (room_id, user_id) DO UPDATE SET role = excluded.role, joined_at = excluded.joined_at,
                joined_seq = excluded.joined_seq,
                joined_version = excluded.joined_version, read_seq = excluded.read_seq, read_ordinal = excluded.read_ordinal,
                read_version = excluded.read_version, has_written = excluded.has_written, role_version = 0, left_version = NULL,
                removed_by = NULL
            """,
        MySql: $"""
            {InsertMember}
            ON DUPLICATE KEY UPDATE role = VALUES(role), joined_at = VALUES(joined_at), joined_seq = VALUES(joined_seq),
                joined_version = VALUES(joined_version), read_seq = VALUES(read_seq), read_ordinal = VALUES(read_ordinal),
                read_version = VALUES(read_version), has_written = VALUES(has_written), role_version = 0, left_version = NULL,
                removed_by = NULL
            """);

    private static readonly BulkUpdate UpdateCounters = new(
        Sqlite: "UPDATE rooms SET last_seq = ?1, ordinal = ?2, version = ?3, last_activity_at = ?4, updated_at = ?5 WHERE id = ?6",
        MySql: JsonRowSet.Joined(["last_seq", "ordinal", "version", "last_activity_at", "updated_at", "id"], given => $"""
            UPDATE {given} rooms ON rooms.id = given.id
            SET rooms.last_seq = given.last_seq, rooms.ordinal = given.ordinal, rooms.version = given.version,
                rooms.last_activity_at = given.last_activity_at, rooms.updated_at = given.updated_at
            """).MySql);

    private static readonly BulkUpdate UpdatePosition = new(
        Sqlite: """
            UPDATE members SET read_seq = ?1, read_ordinal = ?2, read_version = ?3, has_written = ?4 WHERE room_id = ?5 AND user_id = ?6
            """,
        MySql: JsonRowSet.Joined(["read_seq", "read_ordinal", "read_version", "has_written", "room_id", "user_id"], given => $"""
            UPDATE {given} members ON members.room_id = given.room_id AND members.user_id = given.user_id
            SET members.read_seq = given.read_seq, members.read_ordinal = given.read_ordinal, members.read_version = given.read_version,
                members.has_written = given.has_written
            """).MySql);

    /// <summary>A room with its present members; null when there is none.</summary>
    /// <param name="known">The room at an earlier time: if it has not changed, its members are not read.</param>
    public static async ValueTask<Room?> Load(ReadSession reader, long id, Room? known = null)
    {
        if (await reader.Prepared(SelectRoom).Bind(1, id).Query(ReadRoom) is not [var room]) return null;
        if (room.Version == known?.Version) return known;
        var members = await reader.Prepared(SelectMembers).Bind(1, id).Query(ReadMember);
        return room with { Members = members.ToImmutableDictionary(member => member.UserId) };
    }

    public static ValueTask<long?> FindDirect(ReadSession reader, string directKey) =>
        reader.First<long?>("SELECT id FROM rooms WHERE direct_key = @directKey", new { directKey });

    /// <summary>Stores a new room, and returns it with its id.</summary>
    public static Room Insert(UnitOfWork work, Room room, string? directKey)
    {
        var id = work.Insert(
            """
            INSERT INTO rooms (type, name, direct_key, created_by, created_at, updated_at, last_activity_at)
            VALUES (@type, @Name, @directKey, @CreatedBy, @now, @now, @now)
            """,
            new { type = ChatWireNames.NameOf(room.Type), room.Name, directKey, room.CreatedBy, now = room.CreatedAt.ToDb() });
        foreach (var member in room.Members.Values) SaveMember(work, id, member);
        return room with { Id = id };
    }

    public static void SaveMember(UnitOfWork work, long roomId, Member member) => work.Execute(UpsertMember, new
    {
        roomId,
        member.UserId,
        role = ChatWireNames.NameOf(member.Role),
        joinedAt = member.JoinedAt.ToDb(),
        member.JoinedSeq,
        member.JoinedVersion,
        member.ReadSeq,
        member.ReadOrdinal,
        member.ReadVersion,
        member.HasWritten,
    });

    public static void SaveRole(UnitOfWork work, long roomId, Member member, long version) => work.Execute(
        "UPDATE members SET role = @role, role_version = @version WHERE room_id = @roomId AND user_id = @UserId",
        new { roomId, member.UserId, role = ChatWireNames.NameOf(member.Role), version });

    /// <param name="removedBy">Null for a user who leaves on their own.</param>
    public static void MarkLeft(UnitOfWork work, long roomId, long userId, long version, long? removedBy) => work.Execute(
        "UPDATE members SET left_version = @version, removed_by = @removedBy WHERE room_id = @roomId AND user_id = @userId",
        new { roomId, userId, version, removedBy });

    /// <summary>Whether another member removed the user, and no admin has added them since.</summary>
    public static bool WasRemoved(UnitOfWork work, long roomId, long userId) => work.First<long?>(
        "SELECT removed_by FROM members WHERE room_id = @roomId AND user_id = @userId", new { roomId, userId }) is not null;

    public static void SaveCounters(UnitOfWork work, Room room) => work.Execute(
        work.Batch(UpdateCounters).Bind(1, room.LastSeq).Bind(2, room.Ordinal).Bind(3, room.Version)
            .Bind(4, room.LastActivityAt.ToDb()).Bind(5, room.UpdatedAt.ToDb()).Bind(6, room.Id));

    public static void SavePosition(UnitOfWork work, long roomId, Member member) => work.Execute(
        work.Batch(UpdatePosition).Bind(1, member.ReadSeq).Bind(2, member.ReadOrdinal).Bind(3, member.ReadVersion)
            .Bind(4, member.HasWritten ? 1 : 0).Bind(5, roomId).Bind(6, member.UserId));

    public static void SaveInfo(UnitOfWork work, Room room) => work.Execute(
        "UPDATE rooms SET name = @Name, info_version = @InfoVersion WHERE id = @Id", new { room.Name, room.InfoVersion, room.Id });

    /// <summary>Stores a group as deleted: its members leave, its pins and links are deleted, its content is due for erasure.</summary>
    public static void SaveDeleted(UnitOfWork work, Room room)
    {
        var deletion = new { room.Id, room.DeletedVersion, at = room.UpdatedAt.ToDb() };
        work.Execute("UPDATE rooms SET deleted_version = @DeletedVersion WHERE id = @Id", deletion);
        work.Execute("UPDATE members SET left_version = @DeletedVersion WHERE room_id = @Id AND left_version IS NULL", deletion);
        work.Execute("DELETE FROM pins WHERE room_id = @Id", deletion);
        work.Execute("DELETE FROM invite_links WHERE room_id = @Id", deletion);
        work.Execute("INSERT INTO room_erasures (room_id, due_at, passes) VALUES (@Id, @at, 0)", deletion);
    }

    /// <summary>Some of the deleted rooms whose content is due to be erased.</summary>
    public static ValueTask<List<long>> ToErase(ReadSession reader, DateTimeOffset now) => reader.Query<long>(
        "SELECT room_id FROM room_erasures WHERE due_at <= @now ORDER BY due_at, room_id LIMIT 100", new { now = now.ToDb() });

    /// <summary>
    /// Stores that a deleted room's content is erased. The room's row, without its name, and those of its members remain. The first time,
    /// another pass is scheduled.
    /// </summary>
    public static void SaveErased(UnitOfWork work, long roomId, TimeSpan untilNextPass)
    {
        var erased = new { roomId, due = (work.Now + untilNextPass).ToDb() };
        work.Execute("UPDATE rooms SET name = NULL WHERE id = @roomId", erased);
        work.Execute("DELETE FROM room_erasures WHERE room_id = @roomId AND passes > 0", erased);
        work.Execute("UPDATE room_erasures SET due_at = @due, passes = 1 WHERE room_id = @roomId", erased);
    }

    /// <summary>The room's version when a user left it; null for a present member and for a user who never was one.</summary>
    public static ValueTask<long?> LeftAt(ReadSession reader, long roomId, long userId) => reader.First<long?>(
        "SELECT left_version FROM members WHERE room_id = @roomId AND user_id = @userId", new { roomId, userId });

    public static ValueTask<List<long>> RoomsOf(ReadSession reader, long userId) =>
        reader.Query<long>("SELECT room_id FROM members WHERE user_id = @userId AND left_version IS NULL ORDER BY room_id", new { userId });

    private static Room ReadRoom(Statement row) => new(
        row.Number(0), ChatWireNames.RoomType(row.Text(1)), row.OptionalText(2), row.Number(3), DbTime.FromDb(row.Number(4)),
        DbTime.FromDb(row.Number(5)),
        DbTime.FromDb(row.Number(6)), row.Number(7), row.Number(8), row.Number(9), row.Number(10),
        row.OptionalNumber(11), ImmutableDictionary<long, Member>.Empty);

    private static Member ReadMember(Statement row) => new(
        row.Number(0), ChatWireNames.Role(row.Text(1)), DbTime.FromDb(row.Number(2)), row.Number(3), row.Number(4), row.Number(5), row
            .Number(6), row.Number(7), row.Number(8) == 1);
}
