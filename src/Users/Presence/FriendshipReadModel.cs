using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;

namespace BigTech.Users.Presence;

/// <summary>Friendships and blocks, as needed for presence and search. Each of the two users has a row of their own, so that all reads are by viewer.</summary>
internal sealed class FriendshipReadModel(PresenceHub hub)
{
    // The times of a pair only increase, so a repeated or late event finds an equal or newer row.
    private const string Insert = """
        INSERT INTO friends (user_id, friend_id, is_active, changed_at, version) VALUES (@a, @b, @isActive, @at, 0), (@b, @a, @isActive, @at, 0)
        """;

    private static readonly DialectSql SaveSql = new(
        Sqlite: $"""
            {Insert} ON CONFLICT (user_id, friend_id) DO UPDATE SET is_active = excluded.is_active, changed_at = excluded.changed_at
            WHERE excluded.changed_at > friends.changed_at
            """,
        MySql: $"""
            {Insert} ON DUPLICATE KEY UPDATE is_active = IF(VALUES(changed_at) > changed_at, VALUES(is_active), is_active),
                changed_at = GREATEST(changed_at, VALUES(changed_at))
            """);

    private const string InsertBlock = "INSERT INTO blocks (blocker_id, blocked_id, is_active, changed_at) VALUES (@blockerId, @blockedId, @isActive, @at)";

    private static readonly DialectSql SaveBlockSql = new(
        Sqlite: $"""
            {InsertBlock} ON CONFLICT (blocker_id, blocked_id) DO UPDATE SET is_active = excluded.is_active, changed_at = excluded.changed_at
            WHERE excluded.changed_at >= blocks.changed_at
            """,
        MySql: $"""
            {InsertBlock} ON DUPLICATE KEY UPDATE is_active = IF(VALUES(changed_at) >= changed_at, VALUES(is_active), is_active),
                changed_at = GREATEST(changed_at, VALUES(changed_at))
            """);

    private const string TouchSql = """
        UPDATE friends SET version = @version WHERE (user_id = @a AND friend_id = @b) OR (user_id = @b AND friend_id = @a)
        """;

    /// <summary>Stores the data of an event; an older event never overwrites a newer one.</summary>
    public void Save(UnitOfWork work, long a, long b, bool isActive, DateTimeOffset at)
    {
        if (work.Execute(SaveSql, new { a, b, isActive, at = at.ToDb() }) > 0) Changed(work, a, b);
    }

    /// <summary>The same for a block.</summary>
    public void SaveBlock(UnitOfWork work, long blockerId, long blockedId, bool isActive, DateTimeOffset at)
    {
        if (work.Execute(SaveBlockSql, new { blockerId, blockedId, isActive, at = at.ToDb() }) > 0) Changed(work, blockerId, blockedId);
    }

    /// <summary>Publishes that the two may see each other differently. Users who never were friends are unaffected.</summary>
    private void Changed(UnitOfWork work, long a, long b)
    {
        var version = PresenceRows.NextVersion(work);
        if (work.Execute(TouchSql, new { a, b, version }) == 0) return;
        Publish(work, a, b, version);
        Publish(work, b, a, version);
    }

    private void Publish(UnitOfWork work, long viewerId, long friendId, long version)
    {
        var tie = new Tie(friendId, PresenceRows.IsVisible(work, viewerId, friendId), version);
        var status = PresenceRows.Seen(work, viewerId, [friendId]).Now() is [var seen] ? seen : new OnlineStatus(friendId, false, null);
        work.AfterCommit(() => hub.Publish(viewerId, tie, status));
    }
}
