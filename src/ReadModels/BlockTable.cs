using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Friends;

namespace BigTech.ReadModels;

/// <summary>A block or its end.</summary>
public readonly record struct BlockChange(long BlockerId, long BlockedId, bool IsActive, DateTimeOffset At)
{
    public static BlockChange From(UserBlocked e) => new(e.BlockerId, e.BlockedId, IsActive: true, e.BlockedAt);

    public static BlockChange From(UserUnblocked e) => new(e.BlockerId, e.BlockedId, IsActive: false, e.UnblockedAt);
}

/// <summary>A context's copy of the blocks between users, from friend.events, in its table <c>blocks</c>. The newest event wins.</summary>
public static class BlockTable
{
    public const string Key = "blocker_id, blocked_id";

    public static readonly DialectSql SaveSql = Upsert.KeepNewest(
        $"INSERT INTO blocks ({Key}, is_active, changed_at) VALUES (@BlockerId, @BlockedId, @IsActive, @at)",
        Key, time: "changed_at", isNewer: ">=", "is_active");

    /// <returns>False when a newer event is stored.</returns>
    public static bool Save(UnitOfWork work, BlockChange change) => Save(work, change, SaveSql);

    /// <param name="sql">A statement with the parameters of <see cref="SaveSql"/>, for a table with more columns.</param>
    /// <inheritdoc cref="Save(UnitOfWork, BlockChange)"/>
    public static bool Save(UnitOfWork work, BlockChange change, DialectSql sql) =>
        work.Execute(sql, new { change.BlockerId, change.BlockedId, change.IsActive, at = change.At.ToDb() }) > 0;
}
