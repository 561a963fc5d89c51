using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>A notification to delete.</summary>
internal sealed record TrimmedRow(string Id, long User_Id, long Version);

/// <summary>
/// Deletes old notifications. A user's newest row is kept, because the next version is counted from it. The version of deleted rows is
/// recorded, so that a client that has not seen them must start over.
/// </summary>
internal static class Trimming
{
    /// <summary>Batch size: short transactions, so that other writes do not wait long.</summary>
    public const int BatchSize = 500;

    private const string UpToSql = "SELECT version FROM trimmed WHERE user_id = ?1";

    private const string Insert = "INSERT INTO trimmed (user_id, version) VALUES (@User_Id, @Version)";

    private static readonly DialectSql SaveSql = new(
        Sqlite: $"{Insert} ON CONFLICT (user_id) DO UPDATE SET version = MAX(version, excluded.version)",
        MySql: $"{Insert} ON DUPLICATE KEY UPDATE version = GREATEST(version, VALUES(version))");

    /// <summary>The newest version that was deleted because of its age.</summary>
    public static async ValueTask<long> UpTo(ReadSession reader, long userId) =>
        (await reader.Prepared(UpToSql).Bind(1, userId).Query(row => row.Number(0))).FirstOrDefault();

    /// <summary>Notifications that were read, or ended, before a time.</summary>
    public static ValueTask<List<TrimmedRow>> ReadBefore(ReadSession reader, DateTimeOffset before) => reader.Query<TrimmedRow>(
        """
        SELECT id, user_id, version FROM notifications n
        WHERE read_at < @before AND version < (SELECT MAX(version) FROM notifications WHERE user_id = n.user_id) LIMIT @max
        """, new { before = before.ToDb(), max = BatchSize });

    /// <summary>The notifications of users above a limit: first what has ended, then the oldest, read or not.</summary>
    public static ValueTask<List<TrimmedRow>> BeyondLimit(ReadSession reader, int limit) => reader.Query<TrimmedRow>(
        """
        SELECT id, user_id, version FROM (
            SELECT id, user_id, version, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY is_removed, happened_at DESC, id DESC) AS place
            FROM notifications WHERE user_id IN (SELECT user_id FROM notifications GROUP BY user_id HAVING COUNT(*) > @limit + 1)) n
        WHERE place > @limit AND version < (SELECT MAX(version) FROM notifications WHERE user_id = n.user_id) LIMIT @max
        """, new { limit, max = BatchSize });

    public static bool TryDelete(UnitOfWork work, TrimmedRow row)
    {
        if (work.Execute("DELETE FROM notifications WHERE id = @Id AND version = @Version", row) == 0) return false;
        Remember(work, row);
        return true;
    }

    /// <summary>Records that a notification of this version was deleted.</summary>
    public static void Remember(UnitOfWork work, TrimmedRow row) => work.Execute(SaveSql, row);
}
