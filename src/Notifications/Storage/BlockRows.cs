using BigTech.Platform.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>Who has blocked whom, as rows.</summary>
internal static class BlockRows
{
    private const string Insert = "INSERT INTO blocks (blocker_id, blocked_id, is_active, changed_at) VALUES (@blockerId, @blockedId, @isActive, @at)";

    private static readonly EngineSql SaveSql = new(
        Sqlite: $"""
            {Insert} ON CONFLICT (blocker_id, blocked_id) DO UPDATE SET is_active = excluded.is_active, changed_at = excluded.changed_at
            WHERE excluded.changed_at >= blocks.changed_at
            """,
        MySql: $"""
            {Insert} ON DUPLICATE KEY UPDATE is_active = IF(VALUES(changed_at) >= changed_at, VALUES(is_active), is_active),
                changed_at = GREATEST(changed_at, VALUES(changed_at))
            """);

    private const string OfSql = """
        SELECT blocked_id FROM blocks WHERE blocker_id = ?1 AND is_active = 1
        UNION SELECT blocker_id FROM blocks WHERE blocked_id = ?1 AND is_active = 1
        """;

    /// <summary>Stores what an event told; an older event never overwrites a newer one.</summary>
    public static void Save(WriteSession session, long blockerId, long blockedId, bool isActive, DateTimeOffset at) =>
        session.Execute(SaveSql, new { blockerId, blockedId, isActive, at = at.ToDb() });

    /// <summary>Everybody between whom and a user there is a block, whoever of the two has set it.</summary>
    public static HashSet<long> Of(SqlSession session, long userId) =>
        [.. session.Prepared(OfSql).Bind(1, userId).Query(row => row.Number(0))];
}
