using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;

namespace BigTech.Users.Presence;

/// <summary>Presence as rows, and its visibility: friends without a block between them. To others a user looks never online.</summary>
internal static class PresenceRows
{
    private const string FindSql = "SELECT is_online, last_seen_at, is_invisible FROM presence WHERE user_id = ?1";

    private const string Insert = "INSERT INTO presence (user_id, is_online, last_seen_at, is_invisible, version, changed_at)";

    private static readonly DialectSql SaveSql = Upsert.Replace(
        $"{Insert} VALUES (?1, ?2, ?3, ?4, ?5, ?6)", key: "user_id", "is_online", "last_seen_at", "is_invisible", "version", "changed_at");

    private static readonly DialectSql SaveWishSql = Upsert.Replace(
        $"{Insert} VALUES (?1, ?2, ?3, ?4, 0, 0)", key: "user_id", "is_invisible");

    private const string FriendshipsSql = $"SELECT f.friend_id, {VisibleSql}, f.version FROM friends f WHERE f.user_id = ?1";

    private const string IsVisibleSql = $"SELECT 1 FROM friends f WHERE f.user_id = ?1 AND f.friend_id = ?2 AND {VisibleSql}";

    // A hidden user has only the version of the hiding: a viewer must not learn when a former friend came or went.
    private const string ChangedSql = $"""
        SELECT friend_id, is_seen_online, seen_at, latest FROM (
            SELECT friend_id, is_visible AND COALESCE(is_online, 0) AS is_seen_online,
                CASE WHEN is_visible THEN last_seen_at END AS seen_at,
                CASE WHEN is_visible AND presence_version > version THEN presence_version ELSE version END AS latest
            FROM (
                SELECT f.friend_id, {VisibleSql} AS is_visible, f.version, p.is_online, p.last_seen_at, p.version AS presence_version
                FROM friends f LEFT JOIN presence p ON p.user_id = f.friend_id WHERE f.user_id = ?1) AS friendships) AS changes
        WHERE latest > ?2 ORDER BY latest
        """;

    // A user who came online after the last heartbeat checkpoint was last seen when they came.
    private const string LeftOnlineSql = """
        SELECT p.user_id, CASE WHEN p.changed_at > s.alive_at THEN p.changed_at ELSE s.alive_at END
        FROM presence p JOIN presence_state s ON s.id = 1 WHERE p.is_online = 1
        """;

    private const string NextVersionSql = "UPDATE presence_state SET version = version + 1 WHERE id = 1";
    private const string VersionSql = "SELECT version FROM presence_state WHERE id = 1";

    private const string VisibleSql = """
        (f.is_active = 1 AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.is_active = 1
            AND ((b.blocker_id = f.user_id AND b.blocked_id = f.friend_id) OR (b.blocker_id = f.friend_id AND b.blocked_id = f.user_id))))
        """;

    private static readonly DialectSql SeenSql = JsonRowSet.Joined(["user_id"], given => $"""
        SELECT u.id, p.is_online, p.last_seen_at FROM {given} users u ON u.id = given.user_id
        LEFT JOIN presence p ON p.user_id = u.id AND (u.id = ?2
            OR EXISTS (SELECT 1 FROM friends f WHERE f.user_id = ?2 AND f.friend_id = u.id AND {VisibleSql}))
        """);

    /// <summary>The presence of a user; a default for a user who was never online.</summary>
    public static async ValueTask<PresenceState> Find(ReadSession reader, long userId)
    {
        var rows = await reader.Prepared(FindSql).Bind(1, userId).Query(row => new PresenceState(
            userId, row.Number(0) == 1, DbTime.FromDb(row.OptionalNumber(1)), row.Number(2) == 1));
        return rows.Count == 0 ? PresenceState.Never(userId) : rows[0];
    }

    /// <summary>Stores what others see from now on.</summary>
    public static void Save(UnitOfWork work, PresenceState presence, long version, DateTimeOffset now) =>
        work.Execute(Bind(work.Prepared(SaveSql), presence).Bind(5, version).Bind(6, now.ToDb()));

    /// <summary>Stores a wish that changes nothing for others now.</summary>
    public static void SaveWish(UnitOfWork work, PresenceState presence) => work.Execute(Bind(work.Prepared(SaveWishSql), presence));

    /// <summary>The version of a change that follows in this transaction.</summary>
    public static long NextVersion(UnitOfWork work)
    {
        work.Execute(work.Prepared(NextVersionSql));
        return Version(work).Now();
    }

    public static async ValueTask<long> Version(ReadSession reader) => (await reader.Prepared(VersionSql).Query(row => row.Number(0)))[0];

    /// <summary>What a viewer may see of the existing users of <paramref name="ids"/>.</summary>
    public static ValueTask<List<OnlineStatus>> Seen(ReadSession reader, long viewerId, IReadOnlyCollection<long> ids) =>
        reader.Prepared(SeenSql).Bind(1, JsonRowSet.From(ids.Distinct())).Bind(2, viewerId).Query(row => new OnlineStatus(
            row.Number(0), row.OptionalNumber(1) == 1, DbTime.FromDb(row.OptionalNumber(2))));

    public static ValueTask<List<FriendVisibility>> Friendships(ReadSession reader, long userId) =>
        reader.Prepared(FriendshipsSql).Bind(1, userId)
            .Query(row => new FriendVisibility(row.Number(0), row.Number(1) == 1, row.Number(2)));

    public static bool IsVisible(UnitOfWork work, long viewerId, long friendId) =>
        work.Prepared(IsVisibleSql).Bind(1, viewerId).Bind(2, friendId).Query(row => row.Number(0)).Now().Count > 0;

    /// <summary>The current state of all users whose state changed for a viewer after a version, and the version of that change.</summary>
    public static ValueTask<List<(OnlineStatus Status, long Version)>> ChangedSince(ReadSession reader, long viewerId, long since) =>
        reader.Prepared(ChangedSql).Bind(1, viewerId).Bind(2, since).Query(row => (
            new OnlineStatus(row.Number(0), row.Number(1) == 1, DbTime.FromDb(row.OptionalNumber(2))), row.Number(3)));

    /// <summary>The users who were online when the program ended, also by a crash, and when each was last known to be online.</summary>
    public static ValueTask<List<(long UserId, DateTimeOffset SeenAt)>> LeftOnline(ReadSession reader) =>
        reader.Prepared(LeftOnlineSql).Query(row => (row.Number(0), DbTime.FromDb(row.Number(1))));

    private static Statement Bind(Statement statement, PresenceState presence) => statement
        .Bind(1, presence.UserId).Bind(2, presence.IsOnline ? 1 : 0).Bind(3, presence.LastSeenAt?.ToDb())
        .Bind(4, presence.IsInvisible ? 1 : 0);
}
