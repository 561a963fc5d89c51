using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Notifications.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BigTech.Notifications.Consumers;

/// <summary>
/// Limits how long events are deferred. A predecessor may be a dead letter, or never be published. After the timeout the room continues
/// with what is known of it.
/// </summary>
internal sealed partial class DeferredEventTimeout(
    Store store, MessageNotifier notifier, IRoomViewers viewers, IOptions<NotificationsOptions> options, TimeProvider time,
    ILogger<DeferredEventTimeout> logger) : BackgroundService
{
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.Value.HoldSeconds);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_patience / 2, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LetGo(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task LetGo(CancellationToken ct)
    {
        try
        {
            var late = await store.Read(reader => DeferredEvents.RoomsSince(reader, time.GetUtcNow() - _patience), ct);
            if (late.Count == 0) return;
            var looking = await viewers.Find(late, ct);
            foreach (var room in late)
            {
                LogLate(room);
                await store.Write(work => notifier.Resume(work, room, looking, evenUnexplained: true));
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Retried in the next round.
            LogFailed(error);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Deferred events of room {RoomId} timed out and are handled without their predecessor")]
    private partial void LogLate(long roomId);

    [LoggerMessage(2, LogLevel.Error, "Reading deferred events failed; retrying")]
    private partial void LogFailed(Exception error);
}
