using System.Collections.Concurrent;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Contracts.Users;

namespace BigTech.Chat.Storage.Coherence;

/// <summary>What a user reserves to their friends.</summary>
[Flags]
internal enum FriendsOnly
{
    Nothing = 0,
    Messages = 1,
    Groups = 2,
}

/// <summary>
/// The users who reserve something to their friends, from user.events. Who is a friend is asked of the Friend context, and only when the
/// answer decides: see <see cref="FriendshipChecks"/>.
/// </summary>
internal sealed class PrivacyRules : CachedTable<PrivacyRules.Row>
{
    private const string Columns = "user_id, friends_only_messages, friends_only_groups";

    private static readonly DialectSql SaveSql = new(
        Sqlite: Upsert.KeepNewest(
            $"INSERT INTO privacy ({Columns}, changed_at) VALUES (@UserId, @messages, @groups, @at)",
            key: "user_id", time: "changed_at", isNewer: ">=", "friends_only_messages", "friends_only_groups").Sqlite,
        MySql: Upsert.KeepNewest(
            $"INSERT INTO privacy ({Columns}, changed_at, turn) VALUES (@UserId, @messages, @groups, @at, {CurrentEpoch})",
            key: "user_id", time: "changed_at", isNewer: ">=", "friends_only_messages", "friends_only_groups", "turn").MySql);

    private readonly ConcurrentDictionary<long, FriendsOnly> _rules = new();

    /// <summary>The rules of the last commit.</summary>
    public static PrivacyRules Load(Store store)
    {
        var rules = new PrivacyRules();
        rules.Load(store, new Row(0, 0, 0));
        return rules;
    }

    /// <summary>Whether a 1:1 room takes no new messages of a user: the other takes them from friends, and has not written here.</summary>
    /// <exception cref="FriendshipsNeeded">It depends on a friendship that is not known.</exception>
    public bool IsPostingRefused(UnitOfWork work, Room room, long senderId, KnownFriendships friendships)
    {
        if (room.Type != RoomType.Direct) return false;
        foreach (var (other, member) in room.Members)
        {
            if (other == senderId || member.HasWritten || !Reserves(work, other, FriendsOnly.Messages)) continue;
            friendships.ThrowIfUnknown([other]);
            return !friendships.IsFriend(other);
        }
        return false;
    }

    /// <summary>The same, as an error.</summary>
    /// <exception cref="AppError">403 <c>not_allowed_by_privacy</c>.</exception>
    /// <inheritdoc cref="IsPostingRefused"/>
    public void ThrowIfPostingRefused(UnitOfWork work, Room room, long senderId, KnownFriendships friendships)
    {
        if (IsPostingRefused(work, room, senderId, friendships)) throw NotAllowed(room, senderId);
    }

    /// <summary>Names all users who reserve this to their friends, when the caller is none.</summary>
    /// <exception cref="AppError">403 <c>not_allowed_by_privacy</c>.</exception>
    /// <exception cref="FriendshipsNeeded">It depends on friendships that are not known.</exception>
    public void ThrowIfUnwilling(UnitOfWork work, IReadOnlyList<long> users, FriendsOnly what, KnownFriendships friendships)
    {
        var unwilling = users.Where(user => Reserves(work, user, what)).ToList();
        friendships.ThrowIfUnknown(unwilling);
        unwilling.RemoveAll(friendships.IsFriend);
        if (unwilling.Count > 0) throw ChatErrors.NotAllowedByPrivacy(unwilling);
    }

    /// <summary>What a user reserves to their friends, as stored: for requests that do not write.</summary>
    public async ValueTask<FriendsOnly> Find(ReadSession reader, long userId) =>
        RuleOf(await reader.First<Row>($"{SelectSql} WHERE user_id = @userId", new { userId }) ?? new Row(userId, 0, 0));

    /// <summary>The error for a sender to whom a 1:1 room is closed.</summary>
    public static AppError NotAllowed(Room room, long senderId) =>
        ChatErrors.NotAllowedByPrivacy(room.Members.Keys.Where(user => user != senderId));

    public void On(UserProfileUpdated e, UnitOfWork work)
    {
        if (e.Privacy is not { } privacy) return;
        var row = new Row(e.UserId, Reserves(privacy.WhoMayMessage), Reserves(privacy.WhoMayAddToGroups));
        var (messages, groups) = (row.Friends_Only_Messages, row.Friends_Only_Groups);
        var isNewer = work.Execute(SaveSql, new { e.UserId, messages, groups, at = privacy.ChangedAt.ToDb() }) > 0;
        if (isNewer) work.AfterCommit(() => Set(row));
    }

    protected override string SelectSql => $"SELECT {Columns} FROM privacy";

    protected override ValueTask<List<Row>> PageAfter(ReadSession reader, Row last) => reader.Query<Row>(
        $"""
        {SelectSql} WHERE user_id > @User_Id AND (friends_only_messages = 1 OR friends_only_groups = 1) ORDER BY user_id LIMIT {PageSize}
        """,
        last);

    protected override void Set(Row row)
    {
        if (RuleOf(row) is var rule and not FriendsOnly.Nothing) _rules[row.User_Id] = rule;
        else _rules.TryRemove(row.User_Id, out _);
    }

    private bool Reserves(UnitOfWork work, long userId, FriendsOnly what)
    {
        CatchUp(work);
        return _rules.TryGetValue(userId, out var rule) && (rule & what) != 0;
    }

    private static FriendsOnly RuleOf(Row row) =>
        (row.Friends_Only_Messages == 1 ? FriendsOnly.Messages : 0) | (row.Friends_Only_Groups == 1 ? FriendsOnly.Groups : 0);

    // A later version may have stricter values: everything but "everyone" is at least friends only.
    private static long Reserves(string audience) => audience == UserPrivacy.Everyone ? 0 : 1;

    internal sealed record Row(long User_Id, long Friends_Only_Messages, long Friends_Only_Groups);
}
