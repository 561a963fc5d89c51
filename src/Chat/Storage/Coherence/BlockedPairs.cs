using System.Collections.Concurrent;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Contracts.Friends;
using BigTech.ReadModels;

namespace BigTech.Chat.Storage.Coherence;

/// <summary>The users who block each other.</summary>
internal sealed class BlockedPairs : CachedTable<BlockedPairs.Row>
{
    private const string Columns = "blocker_id, blocked_id, is_active";

    // On a shared store with the epoch, by which other replicas find what they lack.
    private static readonly DialectSql SaveSql = BlockTable.SaveSql with
    {
        MySql = Upsert.KeepNewest(
            $"""
            INSERT INTO blocks ({Columns}, changed_at, turn) VALUES (@BlockerId, @BlockedId, @IsActive, @at, {CurrentEpoch})
            """,
            BlockTable.Key, time: "changed_at", isNewer: ">=", "is_active", "turn").MySql,
    };

    private readonly ConcurrentDictionary<(long Blocker, long Blocked), bool> _blocks = new();

    /// <summary>The blocks of the last commit.</summary>
    public static BlockedPairs Load(Store store)
    {
        var pairs = new BlockedPairs();
        pairs.Load(store, new Row(0, 0, 0));
        return pairs;
    }

    /// <summary>Whether either user has blocked the other.</summary>
    public bool Between(UnitOfWork work, long a, long b)
    {
        CatchUp(work);
        return !_blocks.IsEmpty && (_blocks.ContainsKey((a, b)) || _blocks.ContainsKey((b, a)));
    }

    /// <summary>The members of a room who block a user or are blocked by them, as stored: for requests that do not write.</summary>
    public static ValueTask<List<long>> MembersBlockedWith(ReadSession reader, long roomId, long userId) => reader.Query<long>(
        """
        SELECT m.user_id FROM members m JOIN blocks b ON b.blocker_id = @userId AND b.blocked_id = m.user_id
        WHERE m.room_id = @roomId AND m.left_version IS NULL AND b.is_active = 1
        UNION
        SELECT m.user_id FROM members m JOIN blocks b ON b.blocker_id = m.user_id AND b.blocked_id = @userId
        WHERE m.room_id = @roomId AND m.left_version IS NULL AND b.is_active = 1
        """,
        new { roomId, userId });

    /// <summary>Whether a room takes no new messages: a 1:1 room while one user blocks the other. Groups stay open.</summary>
    public bool IsPostingBlocked(UnitOfWork work, Room room, long senderId)
    {
        if (room.Type != RoomType.Direct) return false;
        foreach (var (member, _) in room.Members)
        {
            if (member != senderId && Between(work, senderId, member)) return true;
        }
        return false;
    }

    /// <summary>A group must not bypass a block: neither of the two users adds the other to one.</summary>
    /// <exception cref="AppError">403 <c>blocked</c>.</exception>
    public void ThrowIfBlocked(UnitOfWork work, long callerId, IEnumerable<long> others)
    {
        if (others.Any(other => Between(work, callerId, other))) throw ChatErrors.Blocked();
    }

    public void On(UserBlocked e, UnitOfWork work) => Save(work, BlockChange.From(e));

    public void On(UserUnblocked e, UnitOfWork work) => Save(work, BlockChange.From(e));

    private void Save(UnitOfWork work, BlockChange change)
    {
        if (!BlockTable.Save(work, change, SaveSql)) return;
        work.AfterCommit(() => Set(new Row(change.BlockerId, change.BlockedId, change.IsActive ? 1 : 0)));
    }

    protected override string SelectSql => $"SELECT {Columns} FROM blocks";

    protected override ValueTask<List<Row>> PageAfter(ReadSession reader, Row last) => reader.Query<Row>(
        $"""
        {SelectSql}
        WHERE (blocker_id > @Blocker_Id OR (blocker_id = @Blocker_Id AND blocked_id > @Blocked_Id)) AND is_active = 1
        ORDER BY blocker_id, blocked_id LIMIT {PageSize}
        """,
        last);

    protected override void Set(Row row)
    {
        if (row.Is_Active == 1) _blocks[(row.Blocker_Id, row.Blocked_Id)] = true;
        else _blocks.TryRemove((row.Blocker_Id, row.Blocked_Id), out _);
    }

    internal sealed record Row(long Blocker_Id, long Blocked_Id, long Is_Active);
}
