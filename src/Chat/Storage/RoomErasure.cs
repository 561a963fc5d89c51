using BigTech.BuildingBlocks.Core;
using BigTech.Chat.Storage.Sql;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BigTech.Chat.Storage;

/// <summary>
/// Erases the messages of deleted rooms in small batches, so that senders elsewhere hardly wait. It continues after a restart, and any
/// replica completes what another began: erasing twice is harmless. A second pass erases documents whose timed-out write was applied late.
/// </summary>
internal sealed partial class RoomErasure(ChatStore store, TimeProvider time, ILogger<RoomErasure> logger) : BackgroundService
{
    // How long rooms that another replica left half erased may wait.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UntilSecondPass = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly AsyncSignal _deleted = new();

    /// <summary>Called after a room was deleted.</summary>
    public void Wake() => _deleted.Set();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                if (await TryEraseDue(stoppingToken)) await _deleted.Wait(Interval, stoppingToken);
                else await Task.Delay(RetryPause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutdown: the rest is erased after the next start.
        }
    }

    public async Task EraseDue(CancellationToken ct)
    {
        while (await store.Sql.Read(reader => RoomRows.ToErase(reader, time.GetUtcNow()), ct) is { Count: > 0 } rooms)
        {
            foreach (var room in rooms) await Erase(room, ct);
        }
    }

    private async Task<bool> TryEraseDue(CancellationToken ct)
    {
        try
        {
            await EraseDue(ct);
            return true;
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            LogFailed(error);
            return false;
        }
    }

    private async Task Erase(long roomId, CancellationToken ct)
    {
        while (await store.Messages.Erase(roomId, ct))
        {
            ct.ThrowIfCancellationRequested();
        }
        await store.Sql.Write(work => RoomRows.SaveErased(work, roomId, UntilSecondPass));
        LogErased(roomId);
    }

    [LoggerMessage(1, LogLevel.Information, "Erased the content of the deleted room {RoomId}")]
    private partial void LogErased(long roomId);

    [LoggerMessage(2, LogLevel.Warning, "Erasing deleted rooms failed; retrying")]
    private partial void LogFailed(Exception error);
}
