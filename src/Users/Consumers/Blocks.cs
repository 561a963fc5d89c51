using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Friends;
using BigTech.Users.Presence;

namespace BigTech.Users.Consumers;

/// <summary>
/// Maintains the User context's blocks from friend.events: search and presence hide both users from each other, even if the event for the
/// end of their friendship arrives later.
/// </summary>
internal sealed class Blocks(FriendshipReadModel ties)
{
    private const string Insert = "INSERT INTO blocks (blocker_id, blocked_id, is_active, changed_at) VALUES (@blockerId, @blockedId, @isActive, @at)";

    private static readonly DialectSql SaveSql = new(
        Sqlite: $"""
            {Insert} ON CONFLICT (blocker_id, blocked_id) DO UPDATE SET is_active = excluded.is_active, changed_at = excluded.changed_at
            WHERE excluded.changed_at >= blocks.changed_at
            """,
        MySql: $"""
            {Insert} ON DUPLICATE KEY UPDATE is_active = IF(VALUES(changed_at) >= changed_at, VALUES(is_active), is_active),
                changed_at = GREATEST(changed_at, VALUES(changed_at))
            """);

    public void On(UserBlocked e, UnitOfWork work) => Save(work, e.BlockerId, e.BlockedId, isActive: true, e.BlockedAt);

    public void On(UserUnblocked e, UnitOfWork work) => Save(work, e.BlockerId, e.BlockedId, isActive: false, e.UnblockedAt);

    private void Save(UnitOfWork work, long blockerId, long blockedId, bool isActive, DateTimeOffset at)
    {
        if (work.Execute(SaveSql, new { blockerId, blockedId, isActive, at = at.ToDb() }) > 0) ties.Changed(work, blockerId, blockedId);
    }
}
