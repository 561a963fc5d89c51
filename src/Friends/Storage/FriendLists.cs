using BigTech.Friends.Domain;
using BigTech.Friends.Live;
using BigTech.Platform.Sql;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Friends.Storage;

/// <summary>A place in a list that is ordered newest first: what comes behind the row of that time and id.</summary>
internal readonly record struct ListPlace(long At, long Id)
{
    public static ListPlace Start { get; } = new(long.MaxValue, long.MaxValue);

    /// <summary>Behind the last row.</summary>
    public static ListPlace End { get; } = new(long.MinValue, long.MinValue);
}

/// <summary>One page of a list.</summary>
/// <param name="Total">How long the whole list is.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
/// <param name="Version">The version of friendships that the page shows.</param>
internal sealed record ListPage<T>(List<T> Items, long Total, ListPlace? Next, long Version);

/// <summary>A friend as a bare id.</summary>
internal sealed record Friend(long FriendshipId, long UserId, DateTimeOffset Since);

/// <summary>What one user sees of his friendships, requests and blocks, newest first.</summary>
internal sealed class FriendLists([FromKeyedServices(FriendsModule.StoreName)] Database database)
{
    private const string FriendsSql = """
        SELECT id AS Id, friend_id AS UserId, changed_at AS At FROM (
            SELECT id, high_id AS friend_id, changed_at FROM friendships WHERE low_id = @userId AND status = 'accepted'
            UNION ALL
            SELECT id, low_id AS friend_id, changed_at FROM friendships WHERE high_id = @userId AND status = 'accepted') AS friends
        """;

    private const string FriendsPageSql = $"""
        {FriendsSql} WHERE (changed_at, id) < (@At, @Id) ORDER BY changed_at DESC, id DESC LIMIT @limit
        """;

    private const string FriendsCountSql = """
        SELECT (SELECT COUNT(*) FROM friendships WHERE low_id = @userId AND status = 'accepted')
             + (SELECT COUNT(*) FROM friendships WHERE high_id = @userId AND status = 'accepted')
        """;

    private const string RequestColumns = "id, low_id, high_id, status, requester_id, message, requested_at, changed_at";

    private const string SentPageSql = $"""
        SELECT {RequestColumns} FROM friendships WHERE requester_id = @userId AND status = 'pending' AND (changed_at, id) < (@At, @Id)
        ORDER BY changed_at DESC, id DESC LIMIT @limit
        """;

    private const string SentCountSql = "SELECT COUNT(*) FROM friendships WHERE requester_id = @userId AND status = 'pending'";

    private const string ReceivedPageSql = $"""
        SELECT {RequestColumns} FROM friendships WHERE addressee_id = @userId AND status = 'pending' AND (changed_at, id) < (@At, @Id)
        ORDER BY changed_at DESC, id DESC LIMIT @limit
        """;

    private const string ReceivedCountSql = "SELECT COUNT(*) FROM friendships WHERE addressee_id = @userId AND status = 'pending'";

    private const string ChangedSql = $"""
        SELECT {RequestColumns}, version FROM friendships WHERE low_id = @userId AND version > @since
        UNION ALL SELECT {RequestColumns}, version FROM friendships WHERE high_id = @userId AND version > @since
        ORDER BY version LIMIT @most
        """;

    private const string BlockedPageSql = """
        SELECT blocked_id AS Id, blocked_id AS UserId, blocked_at AS At FROM blocks
        WHERE blocker_id = @userId AND (blocked_at, blocked_id) < (@At, @Id) ORDER BY blocked_at DESC, blocked_id DESC LIMIT @limit
        """;

    private const string BlockedCountSql = "SELECT COUNT(*) FROM blocks WHERE blocker_id = @userId";

    public ValueTask<ListPage<Friend>> Friends(long userId, ListPlace after, int limit, CancellationToken ct) =>
        database.Read(session => Page<PersonRow, Friend>(
            session, FriendsPageSql, FriendsCountSql, userId, after, limit, row => row.ToFriend(), row => new ListPlace(row.At, row.Id)), ct);

    /// <summary>All of them, in no order.</summary>
    public ValueTask<List<Friend>> AllFriends(long userId, CancellationToken ct) =>
        database.Read(session => session.Query<PersonRow>(FriendsSql, new { userId }).ConvertAll(row => row.ToFriend()), ct);

    public ValueTask<ListPage<Friendship>> Received(long userId, ListPlace after, int limit, CancellationToken ct) =>
        database.Read(session => Requests(session, ReceivedPageSql, ReceivedCountSql, userId, after, limit), ct);

    /// <summary>Both directions as they are at one moment.</summary>
    public ValueTask<(ListPage<Friendship> Sent, ListPage<Friendship> Received)> OpenRequests(
        long userId, ListPlace sentAfter, ListPlace receivedAfter, int limit, CancellationToken ct) =>
        database.Read(
            session => (
                Requests(session, SentPageSql, SentCountSql, userId, sentAfter, limit),
                Requests(session, ReceivedPageSql, ReceivedCountSql, userId, receivedAfter, limit)), ct);

    public ValueTask<ListPage<Block>> Blocked(long userId, ListPlace after, int limit, CancellationToken ct) =>
        database.Read(session => Page<PersonRow, Block>(
            session, BlockedPageSql, BlockedCountSql, userId, after, limit, row => new Block(userId, row.UserId, DbTime.FromDb(row.At)),
            row => new ListPlace(row.At, row.Id)), ct);

    /// <summary>A user's friendships that changed behind a version, each as it is now, in the order of their versions; and the version of now.</summary>
    public ValueTask<(long Version, List<FriendshipChange> Changes)> ChangedSince(long userId, long since, int most, CancellationToken ct) =>
        database.Read(
            session => (
                RelationRows.Version(session),
                session.Query<ChangedRow>(ChangedSql, new { userId, since, most }).ConvertAll(row => row.ToChange())), ct);

    private static ListPage<Friendship> Requests(
        SqlSession session, string pageSql, string countSql, long userId, ListPlace after, int limit) =>
        Page<FriendshipRow, Friendship>(
            session, pageSql, countSql, userId, after, limit, row => row.ToFriendship(), row => new ListPlace(row.Changed_At, row.Id));

    private static ListPage<T> Page<TRow, T>(
        SqlSession session, string pageSql, string countSql, long userId, ListPlace after, int limit, Converter<TRow, T> read,
        Func<TRow, ListPlace> placeOf)
    {
        var rows = session.Query<TRow>(pageSql, new { userId, after.At, after.Id, limit = limit + 1 });
        ListPlace? next = rows.Count > limit ? placeOf(rows[limit - 1]) : null;
        return new ListPage<T>(
            rows.GetRange(0, Math.Min(limit, rows.Count)).ConvertAll(read), session.First<long>(countSql, new { userId }), next,
            RelationRows.Version(session));
    }

    private sealed record ChangedRow(
        long Id, long Low_Id, long High_Id, string Status, long Requester_Id, string? Message, long Requested_At, long Changed_At, long Version)
    {
        public FriendshipChange ToChange() => new(
            new FriendshipRow(Id, Low_Id, High_Id, Status, Requester_Id, Message, Requested_At, Changed_At).ToFriendship(), Version);
    }

    private sealed record PersonRow(long Id, long UserId, long At)
    {
        public Friend ToFriend() => new(Id, UserId, DbTime.FromDb(At));
    }
}
