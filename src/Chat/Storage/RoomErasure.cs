using BigTech.Chat.Storage.Sql;

namespace BigTech.Chat.Storage;

/// <summary>
/// Erases the messages of deleted rooms in small batches, so that senders elsewhere hardly wait. It continues after a restart, and any
/// replica completes what another began: erasing twice is harmless. A second pass erases documents whose timed-out write was applied late.
/// </summary>
internal sealed partial class RoomErasure(ChatStore store, TimeProvider time, ILogger<RoomErasure> logger)
    : PeriodicService("Erasing deleted rooms", Interval, time, logger)
{
    // How long rooms that another replica left half erased may wait.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UntilSecondPass = TimeSpan.FromMinutes(10);

    protected override TimeSpan RetryPause => TimeSpan.FromSeconds(5);

    /// <summary>Erases what is due; the rest of it after the next start, if the process ends.</summary>
    public override async Task RunOnce(CancellationToken ct)
    {
        while (await store.Sql.Read(reader => RoomRows.ToErase(reader, Time.GetUtcNow()), ct) is { Count: > 0 } rooms)
        {
            foreach (var room in rooms) await Erase(room, ct);
        }
    }

    private async Task Erase(long roomId, CancellationToken ct)
    {
        while (await store.Messages.Erase(roomId, ct))
        {
            ct.ThrowIfCancellationRequested();
        }
        await store.Sql.Write(work => RoomRows.SaveErased(work, roomId, UntilSecondPass));
        LogErased(Logger, roomId);
    }

    [LoggerMessage(1, LogLevel.Information, "Erased the content of the deleted room {RoomId}")]
    private static partial void LogErased(ILogger logger, long roomId);
}
