using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Chat.Storage.Coherence;

/// <summary>Which rooms each transaction of a shared store has changed, for the other replicas.</summary>
internal static class ChangedRooms
{
    private const int EpochsKept = 10_000;

    /// <summary>Records the rooms that a transaction of a shared store has changed, for other processes; deletes old records.</summary>
    public static void Record(UnitOfWork work, IEnumerable<long> rooms)
    {
        work.PiggybackOnCommit(string.Create(
            CultureInfo.InvariantCulture,
            $"INSERT INTO room_turns (turn, rooms) VALUES ({work.WriterEpoch}, '{string.Join(',', rooms)}')"));
        work.PiggybackOnCommit(
            string.Create(CultureInfo.InvariantCulture, $"DELETE FROM room_turns WHERE turn <= {work.WriterEpoch - EpochsKept}"));
    }

    /// <summary>
    /// The rooms that a shared store's transactions after one epoch and before another have changed; null when the records are deleted.
    /// </summary>
    public static IEnumerable<long>? Between(UnitOfWork work, long epoch, long before) => before - epoch > EpochsKept
        ? null
        : work.Query<string>("SELECT rooms FROM room_turns WHERE turn > @epoch AND turn < @before", new { epoch, before })
            .SelectMany(rooms => rooms.Split(',')).Select(id => long.Parse(id, CultureInfo.InvariantCulture));
}
