using System.Collections.Concurrent;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Contracts.Friends;
using BigTech.ReadModels;

namespace BigTech.Chat.Storage.Coherence;

/// <summary>
/// The users who block each other, in memory because every message to a 1:1 room checks them. Loaded once, before events are consumed. From
/// then on each committed event updates them on the writer's thread, which also checks sends. On a shared store, the changes of other
/// processes are read before they are needed.
/// </summary>
internal sealed class BlockedPairs
{
    private const string Columns = "blocker_id, blocked_id, is_active";
    private const int PageSize = 5000;

    // On a shared store with the epoch, by which other replicas find what they lack.
    private static readonly DialectSql SaveSql = BlockTable.SaveSql with
    {
        MySql = Upsert.KeepNewest(
            $"""
            INSERT INTO blocks ({Columns}, changed_at, turn)
            VALUES (@BlockerId, @BlockedId, @IsActive, @at, (SELECT turn FROM store_writer WHERE id = 1))
            """,
            BlockTable.Key, time: "changed_at", isNewer: ">=", "is_active", "turn").MySql,
    };

    private static readonly DialectSql LastEpochSql = new(Sqlite: "SELECT 0", MySql: "SELECT turn FROM store_writer WHERE id = 1");

    private readonly ConcurrentDictionary<(long Blocker, long Blocked), bool> _blocks = new();

    // Owned by the writer: the epoch of a shared store up to which the blocks are known.
    private long _knownEpoch;

    // Owned by the writer: the last epoch in which it has read changes.
    private long _epoch;

    /// <summary>The blocks of the last commit. They are read in pages, so that their number does not prolong a statement.</summary>
    public static BlockedPairs Load(Store store)
    {
        // CatchUp reads what later transactions change while the pages are read.
        var pairs = new BlockedPairs { _knownEpoch = Read(store, reader => reader.First<long>(LastEpochSql)) };
        var last = new Row(0, 0, 0);
        while (true)
        {
            var page = Read(store, reader => PageAfter(reader, last));
            foreach (var row in page) pairs.Set(row);
            if (page.Count < PageSize) return pairs;
            last = page[^1];
        }
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
        if (others.Any(other => Between(work, callerId, other))) throw Blocked();
    }

    /// <summary>The error for both users, whichever of them has blocked the other.</summary>
    public static AppError Blocked() => AppError.Forbidden("blocked", "This is not possible with this user.");

    public void On(UserBlocked e, UnitOfWork work) => Save(work, BlockChange.From(e));

    public void On(UserUnblocked e, UnitOfWork work) => Save(work, BlockChange.From(e));

    private void Save(UnitOfWork work, BlockChange change)
    {
        if (!BlockTable.Save(work, change, SaveSql)) return;
        work.AfterCommit(() => Set(new Row(change.BlockerId, change.BlockedId, change.IsActive ? 1 : 0)));
    }

    /// <summary>Runs at startup, without other readers: blocking on the read is safe.</summary>
    private static T Read<T>(Store store, Func<ReadSession, ValueTask<T>> query) =>
        store.Read(query, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static ValueTask<List<Row>> PageAfter(ReadSession reader, Row last) => reader.Query<Row>(
        $"""
        SELECT {Columns} FROM blocks
        WHERE (blocker_id > @Blocker_Id OR (blocker_id = @Blocker_Id AND blocked_id > @Blocked_Id)) AND is_active = 1
        ORDER BY blocker_id, blocked_id LIMIT {PageSize}
        """,
        last);

    private void CatchUp(UnitOfWork work)
    {
        if (work.WriterEpoch <= Math.Max(_epoch, _knownEpoch)) return;
        // This transaction's own changes do not count before its commit.
        if (work.WriterEpoch - 1 > _knownEpoch)
        {
            var changed = work.Query<Row>(
                $"SELECT {Columns} FROM blocks WHERE turn > @_knownEpoch AND turn < @WriterEpoch", new { _knownEpoch, work.WriterEpoch });
            foreach (var row in changed) Set(row);
            _knownEpoch = work.WriterEpoch - 1;
        }
        // As long as no other process writes in between, the next transaction has nothing to read.
        var epoch = _epoch = work.WriterEpoch;
        work.AfterCommit(() => _knownEpoch = epoch);
    }

    private void Set(Row row)
    {
        if (row.Is_Active == 1) _blocks[(row.Blocker_Id, row.Blocked_Id)] = true;
        else _blocks.TryRemove((row.Blocker_Id, row.Blocked_Id), out _);
    }

    private sealed record Row(long Blocker_Id, long Blocked_Id, long Is_Active);
}
