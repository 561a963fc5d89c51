using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Friends;
using BigTech.Contracts.Users;
using BigTech.ReadModels;

namespace BigTech.Users.Presence;

/// <summary>
/// Friendships and blocks, as needed for presence and search, from friend.events. Each of the two users has a row of their own, so that all
/// reads are by viewer. An older event never overwrites a newer one.
/// </summary>
internal sealed class FriendshipReadModel(PresenceHub hub)
{
    // The times of a pair only increase, so a repeated or late event finds an equal or newer row.
    private const string Insert = """
        INSERT INTO friends (user_id, friend_id, is_active, changed_at, version)
        VALUES (@a, @b, @isActive, @at, 0), (@b, @a, @isActive, @at, 0)
        """;

    private static readonly DialectSql SaveSql = Upsert.KeepNewest(
        Insert, key: "user_id, friend_id", time: "changed_at", isNewer: ">", "is_active");

    private const string TouchSql = """
        UPDATE friends SET version = @version WHERE (user_id = @a AND friend_id = @b) OR (user_id = @b AND friend_id = @a)
        """;

    public void On(FriendRequestAccepted e, UnitOfWork work) => Save(work, e.RequesterId, e.AddresseeId, isActive: true, e.AcceptedAt);

    public void On(FriendDeleted e, UnitOfWork work) => Save(work, e.UserId, e.FriendId, isActive: false, e.DeletedAt);

    // Search and presence hide both users from each other, even if the event for the end of their friendship arrives later.
    public void On(UserBlocked e, UnitOfWork work) => Save(work, BlockChange.From(e));

    public void On(UserUnblocked e, UnitOfWork work) => Save(work, BlockChange.From(e));

    private void Save(UnitOfWork work, long a, long b, bool isActive, DateTimeOffset at)
    {
        if (work.Execute(SaveSql, new { a, b, isActive, at = at.ToDb() }) > 0) Changed(work, a, b);
    }

    private void Save(UnitOfWork work, BlockChange change)
    {
        if (BlockTable.Save(work, change)) Changed(work, change.BlockerId, change.BlockedId);
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
        var friendship = new FriendVisibility(friendId, PresenceRows.IsVisible(work, viewerId, friendId), version);
        var status = PresenceRows.Seen(work, viewerId, [friendId]).Now() is [var seen] ? seen : new OnlineStatus(friendId, false, null);
        work.AfterCommit(() => hub.Publish(viewerId, friendship, status));
    }
}
