using BigTech.Contracts.Friends;
using BigTech.Platform.Sql;

namespace BigTech.Users.Consumers;

/// <summary>Keeps the User context's picture of who has blocked whom up to date from friend.events: search hides both from each other.</summary>
internal static class Blocks
{
    private const string SaveSql = """
        INSERT INTO blocks (blocker_id, blocked_id, is_active, changed_at) VALUES (@blockerId, @blockedId, @isActive, @at)
        ON CONFLICT (blocker_id, blocked_id) DO UPDATE SET is_active = excluded.is_active, changed_at = excluded.changed_at
        WHERE excluded.changed_at >= blocks.changed_at
        """;

    public static void On(UserBlocked e, WriteSession session) => Save(session, e.BlockerId, e.BlockedId, isActive: true, e.BlockedAt);

    public static void On(UserUnblocked e, WriteSession session) => Save(session, e.BlockerId, e.BlockedId, isActive: false, e.UnblockedAt);

    private static void Save(WriteSession session, long blockerId, long blockedId, bool isActive, DateTimeOffset at) =>
        session.Execute(SaveSql, new { blockerId, blockedId, isActive, at = at.ToDb() });
}
