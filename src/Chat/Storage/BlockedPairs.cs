using System.Collections.Concurrent;
using BigTech.Chat.Domain;
using BigTech.Platform;
using BigTech.Platform.Sql;

namespace BigTech.Chat.Storage;

/// <summary>
/// Who has blocked whom, in memory because every message to a 1:1 room asks. Loaded once, before anything is consumed; from then on
/// each committed event changes it on the writer's thread, where sends ask it too. What other processes have written to a shared store is
/// read before it is needed.
/// </summary>
internal sealed class BlockedPairs
{
    private const string Columns = "blocker_id, blocked_id, is_active";
    private const int PageSize = 5000;

    private static readonly DialectSql SaveSql = new(
        Sqlite: $"""
            INSERT INTO blocks ({Columns}, changed_at) VALUES (@blockerId, @blockedId, @isActive, @at)
            ON CONFLICT (blocker_id, blocked_id) DO UPDATE SET is_active = excluded.is_active, changed_at = excluded.changed_at
            WHERE excluded.changed_at >= blocks.changed_at
            """,
        MySql: $"""
            INSERT INTO blocks ({Columns}, changed_at, turn)
            VALUES (@blockerId, @blockedId, @isActive, @at, (SELECT turn FROM store_writer WHERE id = 1))
            ON DUPLICATE KEY UPDATE is_active = IF(VALUES(changed_at) >= changed_at, VALUES(is_active), is_active),
                turn = IF(VALUES(changed_at) >= changed_at, VALUES(turn), turn), changed_at = GREATEST(changed_at, VALUES(changed_at))
            """);

    private static readonly DialectSql LastEpochSql = new(Sqlite: "SELECT 0", MySql: "SELECT turn FROM store_writer WHERE id = 1");

    private readonly ConcurrentDictionary<(long Blocker, long Blocked), bool> _blocks = new();

    // The writer's own: up to which of a shared store's transactions it knows who was blocked.
    private long _knownEpoch;

    // The last one in which it has looked.
    private long _epoch;

    /// <summary>The blocks of the last commit. They are read in pages: a statement must not take longer the more there are.</summary>
    public static BlockedPairs Load(Store store)
    {
        // What a transaction after this one changes while the pages are read is caught up on.
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

    /// <summary>Whether either has blocked the other.</summary>
    public bool Between(UnitOfWork work, long a, long b)
    {
        CatchUp(work);
        return !_blocks.IsEmpty && (_blocks.ContainsKey((a, b)) || _blocks.ContainsKey((b, a)));
    }

    /// <summary>The members of a room who block a user or are blocked by them, as the store has it now: for a request that does not write.</summary>
    public static ValueTask<List<long>> MembersBlockedWith(ReadSession reader, long roomId, long userId) => reader.Query<long>(
        """
        SELECT m.user_id FROM members m JOIN blocks b ON b.blocker_id = @userId AND b.blocked_id = m.user_id
        WHERE m.room_id = @roomId AND m.left_version IS NULL AND b.is_active = 1
        UNION
        SELECT m.user_id FROM members m JOIN blocks b ON b.blocker_id = m.user_id AND b.blocked_id = @userId
        WHERE m.room_id = @roomId AND m.left_version IS NULL AND b.is_active = 1
        """,
        new { roomId, userId });

    /// <summary>Whether a room takes nothing new: a 1:1 room while one of the two blocks the other. Groups stay open.</summary>
    public bool IsPostingBlocked(UnitOfWork work, Room room, long senderId)
    {
        if (room.Type != RoomType.Direct) return false;
        foreach (var (member, _) in room.Members)
        {
            if (member != senderId && Between(work, senderId, member)) return true;
        }
        return false;
    }

    /// <summary>A group is no way around a block: neither of the two brings the other into one.</summary>
    /// <exception cref="AppError">403 <c>blocked</c>.</exception>
    public void RequireNone(UnitOfWork work, long callerId, IEnumerable<long> others)
    {
        if (others.Any(other => Between(work, callerId, other))) throw Refused();
    }

    /// <summary>What a sender is told, whichever of the two has blocked the other.</summary>
    public static AppError Refused() => AppError.Forbidden("blocked", "This is not possible with this user.");

    /// <summary>Stores what an event told; an older event never overwrites a newer one.</summary>
    public void Save(UnitOfWork work, long blockerId, long blockedId, bool isActive, DateTimeOffset at)
    {
        if (work.Execute(SaveSql, new { blockerId, blockedId, isActive, at = at.ToDb() }) == 0) return;
        work.AfterCommit(() => Set(new Row(blockerId, blockedId, isActive ? 1 : 0)));
    }

    /// <summary>At start and with no other reader, so there is nothing to wait for.</summary>
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
        // What this transaction itself has changed is not known to hold before its commit.
        if (work.WriterEpoch - 1 > _knownEpoch)
        {
            var changed = work.Query<Row>(
                $"SELECT {Columns} FROM blocks WHERE turn > @_knownEpoch AND turn < @WriterEpoch", new { _knownEpoch, work.WriterEpoch });
            foreach (var row in changed) Set(row);
            _knownEpoch = work.WriterEpoch - 1;
        }
        // As long as nobody else comes in between, the next transaction has nothing to look for.
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
