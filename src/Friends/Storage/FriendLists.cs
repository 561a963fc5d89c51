using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Friends.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Friends.Storage;

/// <summary>A position in a list that is ordered newest first: after the row of that time and id.</summary>
internal readonly record struct FriendListPlace(long At, long Id)
{
    public static FriendListPlace Start { get; } = new(long.MaxValue, long.MaxValue);

    /// <summary>After the last row.</summary>
    public static FriendListPlace End { get; } = new(long.MinValue, long.MinValue);
}

/// <summary>One page of a list.</summary>
/// <param name="Total">The length of the whole list.</param>
/// <param name="Next">The position of the next page; null at the end.</param>
/// <param name="Version">The version of friendships that the page shows.</param>
internal sealed record ListPage<T>(List<T> Items, long Total, FriendListPlace? Next, long Version);

/// <summary>A user's friendships, requests and blocks, newest first.</summary>
internal sealed class FriendLists([FromKeyedServices(FriendsDatabase.Name)] Store store)
{
    private const string FriendsSql = """
        SELECT id, friend_id, changed_at FROM (
            SELECT id, high_id AS friend_id, changed_at FROM friendships WHERE low_id = ?1 AND status = 'accepted'
            UNION ALL
            SELECT id, low_id AS friend_id, changed_at FROM friendships WHERE high_id = ?1 AND status = 'accepted') AS friends
        """;

    private const string FriendsPageSql = $"""
        {FriendsSql} WHERE (changed_at, id) < (?2, ?3) ORDER BY changed_at DESC, id DESC LIMIT ?4
        """;

    private const string FriendsCountSql = """
        SELECT (SELECT COUNT(*) FROM friendships WHERE low_id = ?1 AND status = 'accepted')
             + (SELECT COUNT(*) FROM friendships WHERE high_id = ?1 AND status = 'accepted')
        """;

    private const string RequestColumns = "id, low_id, high_id, status, requester_id, message, requested_at, changed_at";

    private const string SentPageSql = $"""
        SELECT {RequestColumns} FROM friendships WHERE requester_id = ?1 AND status = 'pending' AND (changed_at, id) < (?2, ?3)
        ORDER BY changed_at DESC, id DESC LIMIT ?4
        """;

    private const string SentCountSql = "SELECT COUNT(*) FROM friendships WHERE requester_id = ?1 AND status = 'pending'";

    private const string ReceivedPageSql = $"""
        SELECT {RequestColumns} FROM friendships WHERE addressee_id = ?1 AND status = 'pending' AND (changed_at, id) < (?2, ?3)
        ORDER BY changed_at DESC, id DESC LIMIT ?4
        """;

    private const string ReceivedCountSql = "SELECT COUNT(*) FROM friendships WHERE addressee_id = ?1 AND status = 'pending'";

    private const string ChangedSql = $"""
        SELECT {RequestColumns}, version FROM friendships WHERE low_id = @userId AND version > @since
        UNION ALL SELECT {RequestColumns}, version FROM friendships WHERE high_id = @userId AND version > @since
        ORDER BY version LIMIT @most
        """;

    private const string CountChangedSql = """
        SELECT COUNT(*) FROM (
            SELECT version FROM friendships WHERE low_id = @userId AND version > @since
            UNION ALL SELECT version FROM friendships WHERE high_id = @userId AND version > @since
            LIMIT @most) AS changed
        """;

    private const string BlockedPageSql = """
        SELECT blocked_id, blocked_at FROM blocks
        WHERE blocker_id = ?1 AND (blocked_at, blocked_id) < (?2, ?3) ORDER BY blocked_at DESC, blocked_id DESC LIMIT ?4
        """;

    private const string BlockedCountSql = "SELECT COUNT(*) FROM blocks WHERE blocker_id = ?1";

    public ValueTask<ListPage<Friend>> Friends(long userId, FriendListPlace after, int limit, CancellationToken ct) =>
        store.Read(reader => Page(
            reader, FriendsPageSql, FriendsCountSql, userId, after, limit, ReadFriend,
            friend => new FriendListPlace(friend.Since.ToDb(), friend.FriendshipId)), ct);

    /// <summary>All friends, unordered.</summary>
    public ValueTask<List<Friend>> AllFriends(long userId, CancellationToken ct) =>
        store.Read(reader => reader.Prepared(FriendsSql).Bind(1, userId).Query(ReadFriend), ct);

    public ValueTask<ListPage<Friendship>> Received(long userId, FriendListPlace after, int limit, CancellationToken ct) =>
        store.Read(reader => Requests(reader, ReceivedPageSql, ReceivedCountSql, userId, after, limit), ct);

    /// <summary>Both directions at the same point in time.</summary>
    public ValueTask<(ListPage<Friendship> Sent, ListPage<Friendship> Received)> OpenRequests(
        long userId, FriendListPlace sentAfter, FriendListPlace receivedAfter, int limit, CancellationToken ct) =>
        store.Read(
            async reader => (
                await Requests(reader, SentPageSql, SentCountSql, userId, sentAfter, limit),
                await Requests(reader, ReceivedPageSql, ReceivedCountSql, userId, receivedAfter, limit)), ct);

    public ValueTask<ListPage<Block>> Blocked(long userId, FriendListPlace after, int limit, CancellationToken ct) =>
        store.Read(reader => Page(
            reader, BlockedPageSql, BlockedCountSql, userId, after, limit,
            row => new Block(
                userId, row.Number(0), DbTime.FromDb(row.Number(1))), block => new FriendListPlace(block.At.ToDb(), block.BlockedId)), ct);

    /// <summary>The current version, and how many of a user's friendships changed after a version: no more than a limit.</summary>
    public ValueTask<(long Version, long Count)> CountChangedSince(long userId, long since, int most, CancellationToken ct) => store.Read(
        async reader => (
            await RelationRows.Version(reader), await reader.First<long>(CountChangedSql, new { userId, since, most })), ct);

    /// <summary>The current version, and a user's friendships changed after a version: in their current state, by version.</summary>
    public ValueTask<(long Version, List<FriendshipChange> Changes)> ChangedSince(
        long userId, long since, int most, CancellationToken ct) =>
        store.Read(
            async reader => (
                await RelationRows.Version(reader),
                (await reader.Query<ChangedRow>(ChangedSql, new { userId, since, most })).ConvertAll(row => row.ToChange())), ct);

    private static ValueTask<ListPage<Friendship>> Requests(
        ReadSession reader, string pageSql, string countSql, long userId, FriendListPlace after, int limit) =>
        Page(
            reader, pageSql, countSql, userId, after, limit, ReadRequest,
            request => new FriendListPlace(request.ChangedAt.ToDb(), request.Id));

    private static async ValueTask<ListPage<T>> Page<T>(
        ReadSession reader, string pageSql, string countSql, long userId, FriendListPlace after, int limit, Func<Statement, T> read,
        Func<T, FriendListPlace> placeOf)
    {
        var items = await reader.Prepared(pageSql).Bind(1, userId).Bind(2, after.At).Bind(3, after.Id).Bind(4, limit + 1).Query(read);
        FriendListPlace? next = items.Count > limit ? placeOf(items[limit - 1]) : null;
        var total = (await reader.Prepared(countSql).Bind(1, userId).Query(row => row.Number(0)))[0];
        return new ListPage<T>(items.GetRange(0, Math.Min(limit, items.Count)), total, next, await RelationRows.Version(reader));
    }

    private static Friend ReadFriend(Statement row) => new(row.Number(0), row.Number(1), DbTime.FromDb(row.Number(2)));

    private static Friendship ReadRequest(Statement row) => new FriendshipRow(
        row.Number(0), row.Number(1), row.Number(2), row.Text(3), row.Number(4), row.OptionalText(5), row.Number(6), row
            .Number(7)).ToFriendship();

    private sealed record ChangedRow(
        long Id, long Low_Id, long High_Id, string Status, long Requester_Id, string? Message, long Requested_At, long Changed_At,
        long Version)
    {
        public FriendshipChange ToChange() => new(
            new FriendshipRow(Id, Low_Id, High_Id, Status, Requester_Id, Message, Requested_At, Changed_At).ToFriendship(), Version);
    }
}
