using System.Collections.Concurrent;
using BigTech.Chat.Domain;
using BigTech.Platform.Http;
using BigTech.Platform.Sql;

namespace BigTech.Chat.Storage;

/// <summary>
/// Who has blocked whom, in memory because every message to a 1:1 room asks. Loaded once, before anything is consumed; from then on
/// each committed event changes it on the writer's thread, where sends ask it too.
/// </summary>
internal sealed class BlockedPairs
{
    private const string SaveSql = """
        INSERT INTO blocks (blocker_id, blocked_id, is_active, changed_at) VALUES (@blockerId, @blockedId, @isActive, @at)
        ON CONFLICT (blocker_id, blocked_id) DO UPDATE SET is_active = excluded.is_active, changed_at = excluded.changed_at
        WHERE excluded.changed_at >= blocks.changed_at
        """;

    private readonly ConcurrentDictionary<(long Blocker, long Blocked), bool> _blocks = new();

    /// <summary>The blocks of the last commit.</summary>
    public static BlockedPairs Load(Database database)
    {
        var pairs = new BlockedPairs();
        var rows = database.Read(
            session => session.Query<Row>("SELECT blocker_id, blocked_id FROM blocks WHERE is_active = 1"), CancellationToken.None);
        // At start and with no other reader, so there is nothing to wait for.
        foreach (var row in rows.AsTask().GetAwaiter().GetResult()) pairs._blocks[(row.Blocker_Id, row.Blocked_Id)] = true;
        return pairs;
    }

    /// <summary>Whether either has blocked the other.</summary>
    public bool Between(long a, long b) => !_blocks.IsEmpty && (_blocks.ContainsKey((a, b)) || _blocks.ContainsKey((b, a)));

    /// <summary>Whether a room takes nothing new: a 1:1 room while one of the two blocks the other. Groups stay open.</summary>
    public bool Close(Room room, long senderId)
    {
        if (room.Type != RoomType.Direct || _blocks.IsEmpty) return false;
        foreach (var (member, _) in room.Members)
        {
            if (member != senderId && Between(senderId, member)) return true;
        }
        return false;
    }

    /// <summary>What a sender is told, whichever of the two has blocked the other.</summary>
    public static Refusal Refused() => Refusal.Forbidden("blocked", "This is not possible with this user.");

    /// <summary>Stores what an event told; an older event never overwrites a newer one.</summary>
    public void Save(WriteSession session, long blockerId, long blockedId, bool isActive, DateTimeOffset at)
    {
        if (session.Execute(SaveSql, new { blockerId, blockedId, isActive, at = at.ToDb() }) == 0) return;
        session.OnCommitted(() =>
        {
            if (isActive) _blocks[(blockerId, blockedId)] = true;
            else _blocks.TryRemove((blockerId, blockedId), out _);
        });
    }

    private sealed record Row(long Blocker_Id, long Blocked_Id);
}
