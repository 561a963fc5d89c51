using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;

namespace BigTech.Chat.Storage.Sql;

/// <summary>The pins of rooms as rows, in either store of messages.</summary>
internal static class PinRows
{
    /// <summary>The pins of a room, the newest first.</summary>
    public static async ValueTask<List<Pin>> FindByRoom(ReadSession reader, long roomId)
    {
        var rows = await reader.Query<Row>(
            "SELECT seq, pinned_by, pinned_at FROM pins WHERE room_id = @roomId ORDER BY pinned_at DESC, seq DESC", new { roomId });
        return rows.ConvertAll(row => new Pin(row.Seq, row.Pinned_By, DbTime.FromDb(row.Pinned_At)));
    }

    public static void Insert(UnitOfWork work, long roomId, Pin pin) => work.Execute(
        "INSERT INTO pins (room_id, seq, pinned_by, pinned_at) VALUES (@roomId, @Seq, @PinnedBy, @at)",
        new { roomId, pin.Seq, pin.PinnedBy, at = pin.PinnedAt.ToDb() });

    /// <returns>Whether it was pinned.</returns>
    public static bool Delete(UnitOfWork work, long roomId, long seq) =>
        work.Execute("DELETE FROM pins WHERE room_id = @roomId AND seq = @seq", new { roomId, seq }) > 0;

    private sealed record Row(long Seq, long Pinned_By, long Pinned_At);
}
