using System.Collections.Immutable;
using BigTech.Chat.Domain;
using BigTech.Platform.Sql;

namespace BigTech.Chat.Storage;

/// <summary>Rooms and members as rows.</summary>
internal static class RoomRows
{
    private const string SelectRoom = """
        SELECT id, type, name, created_by, created_at, updated_at, last_activity_at, last_seq, ordinal, version, info_version
        FROM rooms WHERE id = @id
        """;

    private const string SelectMembers = """
        SELECT user_id, role, joined_at, joined_seq, joined_version, read_seq, read_ordinal, read_version
        FROM members WHERE room_id = @id AND left_version IS NULL
        """;

    private const string UpsertMember = """
        INSERT INTO members (room_id, user_id, role, joined_at, joined_seq, joined_version, read_seq, read_ordinal, read_version, left_version)
        VALUES (@roomId, @UserId, @role, @joinedAt, @JoinedSeq, @JoinedVersion, @ReadSeq, @ReadOrdinal, @ReadVersion, NULL)
        ON CONFLICT (room_id, user_id) DO UPDATE SET role = excluded.role, joined_at = excluded.joined_at, joined_seq = excluded.joined_seq,
            joined_version = excluded.joined_version, read_seq = excluded.read_seq, read_ordinal = excluded.read_ordinal,
            read_version = excluded.read_version, left_version = NULL
        """;

    private const string UpdateCounters = """
        UPDATE rooms SET last_seq = @seq, ordinal = @ordinal, version = @version, last_activity_at = @activity, updated_at = @updated
        WHERE id = @id
        """;

    private const string UpdatePosition = """
        UPDATE members SET read_seq = @seq, read_ordinal = @ordinal, read_version = @version WHERE room_id = @room AND user_id = @user
        """;

    /// <summary>A room with its present members; null when there is none.</summary>
    public static Room? Load(SqlSession session, long id)
    {
        if (session.First<RoomRow>(SelectRoom, new { id }) is not { } row) return null;
        var members = session.Query<MemberRow>(SelectMembers, new { id }).ToImmutableDictionary(m => m.User_Id, m => m.ToMember());
        return row.ToRoom(members);
    }

    public static long? FindDirect(SqlSession session, string directKey) =>
        session.First<long?>("SELECT id FROM rooms WHERE direct_key = @directKey", new { directKey });

    /// <summary>Stores a new room, and gives it with its id.</summary>
    public static Room Insert(WriteSession session, Room room, string? directKey)
    {
        var id = session.Insert<long>(
            """
            INSERT INTO rooms (type, name, direct_key, created_by, created_at, updated_at, last_activity_at)
            VALUES (@type, @Name, @directKey, @CreatedBy, @now, @now, @now) RETURNING id
            """,
            new { type = Names.Of(room.Type), room.Name, directKey, room.CreatedBy, now = room.CreatedAt.ToDb() });
        foreach (var member in room.Members.Values) SaveMember(session, id, member);
        return room with { Id = id };
    }

    public static void SaveMember(WriteSession session, long roomId, Member member) => session.Execute(UpsertMember, new
    {
        roomId, member.UserId, role = Names.Of(member.Role), joinedAt = member.JoinedAt.ToDb(), member.JoinedSeq, member.JoinedVersion,
        member.ReadSeq, member.ReadOrdinal, member.ReadVersion,
    });

    public static void MarkLeft(WriteSession session, long roomId, long userId, long version) => session.Execute(
        "UPDATE members SET left_version = @version WHERE room_id = @roomId AND user_id = @userId", new { roomId, userId, version });

    public static void SaveCounters(WriteSession session, Room room) => session.Execute(
        session.Prepared(UpdateCounters, "@seq", "@ordinal", "@version", "@activity", "@updated", "@id")
            .Bind(0, room.LastSeq).Bind(1, room.Ordinal).Bind(2, room.Version)
            .Bind(3, room.LastActivityAt.ToDb()).Bind(4, room.UpdatedAt.ToDb()).Bind(5, room.Id));

    public static void SavePosition(WriteSession session, long roomId, Member member) => session.Execute(
        session.Prepared(UpdatePosition, "@seq", "@ordinal", "@version", "@room", "@user")
            .Bind(0, member.ReadSeq).Bind(1, member.ReadOrdinal).Bind(2, member.ReadVersion).Bind(3, roomId).Bind(4, member.UserId));

    /// <summary>The room's version when somebody left it; null for a present member and for a stranger.</summary>
    public static long? LeftAt(SqlSession session, long roomId, long userId) => session.First<long?>(
        "SELECT left_version FROM members WHERE room_id = @roomId AND user_id = @userId", new { roomId, userId });

    /// <summary>The rooms of a user.</summary>
    public static List<long> RoomsOf(SqlSession session, long userId) =>
        session.Query<long>("SELECT room_id FROM members WHERE user_id = @userId AND left_version IS NULL ORDER BY room_id", new { userId });

    private sealed record RoomRow(
        long Id, string Type, string? Name, long Created_By, long Created_At, long Updated_At, long Last_Activity_At, long Last_Seq, long Ordinal,
        long Version, long Info_Version)
    {
        public Room ToRoom(ImmutableDictionary<long, Member> members) => new(
            Id, Names.RoomType(Type), Name, Created_By, DbTime.FromDb(Created_At), DbTime.FromDb(Updated_At), DbTime.FromDb(Last_Activity_At),
            Last_Seq, Ordinal, Version, Info_Version, members);
    }

    private sealed record MemberRow(
        long User_Id, string Role, long Joined_At, long Joined_Seq, long Joined_Version, long Read_Seq, long Read_Ordinal, long Read_Version)
    {
        public Member ToMember() => new(
            User_Id, Names.Role(Role), DbTime.FromDb(Joined_At), Joined_Seq, Joined_Version, Read_Seq, Read_Ordinal, Read_Version);
    }
}
