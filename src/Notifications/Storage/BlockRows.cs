using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>Blocks between users, as rows.</summary>
internal static class BlockRows
{
    private static readonly DialectSql BlockedSql = JsonRowSet.Joined(["id"], given => $"""
        SELECT blocker_id, blocked_id FROM {given} blocks ON blocker_id = given.id WHERE is_active = 1
        UNION ALL SELECT blocked_id, blocker_id FROM {given} blocks ON blocked_id = given.id WHERE is_active = 1
        """);

    /// <summary>The users with a block between them and a user, in either direction.</summary>
    public static HashSet<long> FindBlocked(UnitOfWork work, long userId) => FindBlocked(work, [userId]).GetValueOrDefault(userId, []);

    /// <summary>The same for several users; users without any block are omitted.</summary>
    public static Dictionary<long, HashSet<long>> FindBlocked(UnitOfWork work, IEnumerable<long> users) =>
        work.Prepared(BlockedSql).Bind(1, JsonRowSet.From(users)).Query(row => (User: row.Number(0), Other: row.Number(1))).Now()
            .GroupBy(pair => pair.User).ToDictionary(pairs => pairs.Key, pairs => pairs.Select(pair => pair.Other).ToHashSet());
}
