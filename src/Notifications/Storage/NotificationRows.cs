using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Storage;

/// <summary>Notifications as rows. A busy room changes one for each member, so all statements are prepared and bound by position.</summary>
internal static class NotificationRows
{
    private const string Columns = """
        id, user_id, version, created_version, kind, source, title, preview, count, actor_id, actor_name, room_id, message_id, first_seq,
        last_seq, friendship_id, happened_at, created_at, updated_at, read_at, sent_at, is_removed, sent_version,
        counted
        """;

    private const string NextVersionSql = "SELECT COALESCE(MAX(version), 0) + 1 FROM notifications WHERE user_id = ?1";

    private const string Insert = $"""
        INSERT INTO notifications ({Columns})
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)
        """;

    private static readonly DialectSql InsertSql = new(
        Sqlite: $"{Insert} ON CONFLICT (user_id, source) DO NOTHING", MySql: $"{Insert} ON DUPLICATE KEY UPDATE id = notifications.id");

    private const string UpdateSql = """
        UPDATE notifications SET version = ?2, title = ?3, preview = ?4, count = ?5, actor_id = ?6, actor_name = ?7, message_id = ?8,
            first_seq = ?9, last_seq = ?10, happened_at = ?11, updated_at = ?12, read_at = ?13, sent_at = ?14,
            is_removed = ?15, sent_version = ?16, counted = ?17, kind = ?18,
            room_id = ?19
        WHERE id = ?1
        """;

    private const string ByIdSql = $"SELECT {Columns} FROM notifications WHERE id = ?1 AND user_id = ?2";

    private const string UnreadSql = $"SELECT {Columns} FROM notifications WHERE user_id = ?1 AND read_at IS NULL ORDER BY happened_at, id";

    private const string FriendshipSql =
        $"SELECT {Columns} FROM notifications WHERE friendship_id = ?1 AND read_at IS NULL";

    // Each uses its index of unread rows.
    private static readonly DialectSql NewMessagesSql = new(
        Sqlite: JsonRowSet.Joined(["in_room"], given =>
            $"SELECT {Columns} FROM {given} notifications ON room_id = given.in_room WHERE kind = 'message' AND read_at IS NULL").Sqlite,
        MySql: JsonRowSet.Joined(
            ["in_room"], given => $"SELECT {Columns} FROM {given} notifications ON new_messages_of = given.in_room").MySql);

    private static readonly DialectSql MentionsSql = JsonRowSet.Joined(["in_room", "of_user"], given => $"""
        SELECT {Columns} FROM {given} notifications ON room_id = given.in_room AND user_id = given.of_user
        WHERE kind = 'mention' AND read_at IS NULL
        """);

    private const string InvitesSql =
        $"SELECT {Columns} FROM notifications WHERE user_id = ?1 AND read_at IS NULL AND kind = 'group_invite'";

    private const string OfRoomSql = $"SELECT {Columns} FROM notifications WHERE room_id = ?1 AND user_id = ?2 AND is_removed = 0";

    private const string OfSystemSql = $"SELECT {Columns} FROM notifications WHERE room_id = ?1 AND kind = 'system' AND read_at IS NULL";

    private const string OfMessageSql = $"SELECT {Columns} FROM notifications WHERE message_id = ?1 AND is_removed = 0";

    private const string SinceSql = $"SELECT {Columns} FROM notifications WHERE user_id = ?1 AND version > ?2 ORDER BY version";

    private const string CountSinceSql = "SELECT COUNT(*) FROM notifications WHERE user_id = ?1 AND version > ?2";

    private const string CountUnreadSql = "SELECT COUNT(*) FROM notifications WHERE user_id = ?1 AND read_at IS NULL";

    private const string CountAllSql = "SELECT COUNT(*) FROM notifications WHERE user_id = ?1 AND is_removed = 0";

    private const string PageBeforeSql = $"""
        SELECT {Columns} FROM notifications WHERE user_id = ?1 AND is_removed = 0 AND (happened_at, id) < (?2, ?3)
        ORDER BY happened_at DESC, id DESC LIMIT ?4 OFFSET ?5
        """;

    private const string PageAfterSql = $"""
        SELECT {Columns} FROM notifications WHERE user_id = ?1 AND is_removed = 0 AND (happened_at, id) > (?2, ?3)
        ORDER BY happened_at, id LIMIT ?4 OFFSET ?5
        """;

    private const string UnreadPageBeforeSql = $"""
        SELECT {Columns} FROM notifications WHERE user_id = ?1 AND read_at IS NULL AND (happened_at, id) < (?2, ?3)
        ORDER BY happened_at DESC, id DESC LIMIT ?4 OFFSET ?5
        """;

    private const string UnreadPageAfterSql = $"""
        SELECT {Columns} FROM notifications WHERE user_id = ?1 AND read_at IS NULL AND (happened_at, id) > (?2, ?3)
        ORDER BY happened_at, id LIMIT ?4 OFFSET ?5
        """;

    /// <summary>The version of the next change of a user's notifications.</summary>
    public static async ValueTask<long> NextVersion(ReadSession reader, long userId) =>
        (await reader.Prepared(NextVersionSql).Bind(1, userId).Query(row => row.Number(0)))[0];

    /// <returns>False, without a change, if the user already has one of that source.</returns>
    public static bool TryInsert(UnitOfWork work, Notification n) => work.Execute(work.Prepared(InsertSql)
        .Bind(1, n.Id).Bind(2, n.UserId).Bind(3, n.Version).Bind(4, n.CreatedVersion).Bind(5, NotificationWireNames.NameOf(n.Kind))
        .Bind(6, n.Source)
        .Bind(7, n.Title).Bind(8, n.Preview).Bind(9, n.Count).Bind(10, n.Actor?.UserId).Bind(11, n.Actor?.Name).Bind(12, n.Place?.RoomId)
        .Bind(13, n.Place?.MessageId).Bind(14, n.Place?.FirstSeq ?? 0).Bind(15, n.Place?.LastSeq ?? 0).Bind(16, n.FriendshipId)
        .Bind(17, n.HappenedAt.ToDb()).Bind(18, n.CreatedAt.ToDb()).Bind(19, n.UpdatedAt.ToDb()).Bind(20, n.ReadAt?.ToDb())
        .Bind(21, n.SentAt?.ToDb()).Bind(22, n.IsRemoved ? 1 : 0).Bind(23, n.SentVersion).Bind(24, CountedOf(n))) == 1;

    public static void Update(UnitOfWork work, Notification n) => work.Execute(work.Prepared(UpdateSql)
        .Bind(1, n.Id).Bind(2, n.Version).Bind(3, n.Title).Bind(4, n.Preview).Bind(5, n.Count).Bind(6, n.Actor?.UserId)
        .Bind(7, n.Actor?.Name).Bind(8, n.Place?.MessageId).Bind(9, n.Place?.FirstSeq ?? 0).Bind(10, n.Place?.LastSeq ?? 0)
        .Bind(11, n.HappenedAt.ToDb()).Bind(12, n.UpdatedAt.ToDb()).Bind(13, n.ReadAt?.ToDb()).Bind(14, n.SentAt?.ToDb())
        .Bind(15, n.IsRemoved ? 1 : 0).Bind(16, n.SentVersion).Bind(17, CountedOf(n)).Bind(18, NotificationWireNames.NameOf(n.Kind))
        .Bind(19, n.Place?.RoomId));

    /// <summary>One of a user's notifications; null if the user has none with that id.</summary>
    public static Notification? Find(UnitOfWork work, long userId, string id) =>
        work.Prepared(ByIdSql).Bind(1, id).Bind(2, userId).Query(ReadRow).Now().FirstOrDefault();

    public static List<Notification> Unread(UnitOfWork work, long userId) =>
        work.Prepared(UnreadSql).Bind(1, userId).Query(ReadRow).Now();

    /// <summary>The unread notifications of a friendship: of its request, and that it was accepted.</summary>
    public static List<Notification> OfFriendship(UnitOfWork work, long friendshipId) =>
        work.Prepared(FriendshipSql).Bind(1, friendshipId).Query(ReadRow).Now();

    /// <summary>The unread notifications of new messages in the rooms: at most one per room and user.</summary>
    public static List<Notification> OfNewMessages(UnitOfWork work, IEnumerable<long> rooms) =>
        work.Prepared(NewMessagesSql).Bind(1, JsonRowSet.From(rooms)).Query(ReadRow).Now();

    /// <summary>The unread mentions of users in rooms.</summary>
    public static List<Notification> OfMentions(UnitOfWork work, IEnumerable<(long RoomId, long UserId)> readers) =>
        work.Prepared(MentionsSql).Bind(1, JsonRowSet.From(readers)).Query(ReadRow).Now();

    /// <summary>The unread invitations of a user.</summary>
    public static List<Notification> OfInvites(UnitOfWork work, long userId) =>
        work.Prepared(InvitesSql).Bind(1, userId).Query(ReadRow).Now();

    /// <summary>All notifications of a user about a room.</summary>
    public static List<Notification> OfRoom(UnitOfWork work, long roomId, long userId) =>
        work.Prepared(OfRoomSql).Bind(1, roomId).Bind(2, userId).Query(ReadRow).Now();

    /// <summary>The unread notifications of a room itself.</summary>
    public static List<Notification> OfSystem(UnitOfWork work, long roomId) =>
        work.Prepared(OfSystemSql).Bind(1, roomId).Query(ReadRow).Now();

    /// <summary>All notifications that show a message, read or not.</summary>
    public static List<Notification> OfMessage(UnitOfWork work, string messageId) =>
        work.Prepared(OfMessageSql).Bind(1, messageId).Query(ReadRow).Now();

    /// <summary>Notifications that changed after a version, in their current state, ordered by their last change.</summary>
    public static ValueTask<List<Notification>> Since(ReadSession reader, long userId, long version) =>
        reader.Prepared(SinceSql).Bind(1, userId).Bind(2, version).Query(ReadRow);

    public static async ValueTask<long> CountSince(ReadSession reader, long userId, long version) =>
        (await reader.Prepared(CountSinceSql).Bind(1, userId).Bind(2, version).Query(row => row.Number(0)))[0];

    public static async ValueTask<long> CountUnread(ReadSession reader, long userId) =>
        (await reader.Prepared(CountUnreadSql).Bind(1, userId).Query(row => row.Number(0)))[0];

    public static async ValueTask<long> CountAll(ReadSession reader, long userId) =>
        (await reader.Prepared(CountAllSql).Bind(1, userId).Query(row => row.Number(0)))[0];

    /// <summary>Notifications older than a position, newest first.</summary>
    public static ValueTask<List<Notification>> Before(
        ReadSession reader, long userId, bool unreadOnly, NotificationListPlace place, int limit, int skip) =>
        Page(reader.Prepared(unreadOnly ? UnreadPageBeforeSql : PageBeforeSql), userId, place, limit, skip);

    /// <summary>Notifications newer than a position, oldest first.</summary>
    public static ValueTask<List<Notification>> After(
        ReadSession reader, long userId, bool unreadOnly, NotificationListPlace place, int limit, int skip) =>
        Page(reader.Prepared(unreadOnly ? UnreadPageAfterSql : PageAfterSql), userId, place, limit, skip);

    private static ValueTask<List<Notification>> Page(Statement sql, long userId, NotificationListPlace place, int limit, int skip) =>
        sql.Bind(1, userId).Bind(2, place.At).Bind(3, place.Id).Bind(4, limit).Bind(5, skip).Query(ReadRow);

    private static Notification ReadRow(Statement row)
    {
        var kind = NotificationWireNames.Kind(row.Text(4)) ?? throw new InvalidOperationException($"Unknown kind {row.Text(4)}.");
        var (count, readAt, lastSeq) = (row.Number(8), DbTime.FromDb(row.OptionalNumber(19)), row.Number(14));
        return new Notification(
            row.Text(0), row.Number(1), kind, row.Text(5), row.Text(6), row.OptionalText(7), (int)count,
            row.OptionalNumber(9) is { } actor ? new Actor(actor, row.Text(10)) : null,
            row.OptionalNumber(11) is { } room ? new MessagePlace(room, row.OptionalText(12), row.Number(13), lastSeq) : null,
            row.OptionalNumber(15), DbTime.FromDb(row.Number(16)), DbTime.FromDb(row.Number(17)), DbTime.FromDb(row.Number(18)), readAt,
            DbTime.FromDb(row.OptionalNumber(20)), row.Number(22), row.Number(2), row.Number(3), row.Number(21) == 1)
        {
            Counted = Notification.ReadCounted(row.OptionalText(23), kind, readAt is null, count, lastSeq, row.OptionalNumber(11)),
        };
    }

    private static string? CountedOf(Notification n) => n.Counted.Count == 0 ? null : n.Counted.ToString();
}

/// <summary>A position in a list: next to the notification of that time and id.</summary>
internal readonly record struct NotificationListPlace(long At, string Id)
{
    /// <summary>The position before the newest notification.</summary>
    public static NotificationListPlace Newest { get; } = new(long.MaxValue, "");
}
