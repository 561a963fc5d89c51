using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Notifications.Storage;
using Microsoft.Extensions.Options;

namespace BigTech.Notifications.Consumers;

/// <summary>
/// Limits how long events are deferred. A predecessor may be a dead letter, or never be published. After the timeout the room continues
/// with what is known of it.
/// </summary>
internal sealed partial class DeferredEventTimeout(
    Store store, MessageNotifier notifier, IRoomViewers viewers, IOptions<NotificationsOptions> options, TimeProvider time,
    ILogger<DeferredEventTimeout> logger)
    : PeriodicService("Handling deferred events", TimeSpan.FromSeconds(options.Value.HoldSeconds) / 2, time, logger)
{
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.Value.HoldSeconds);

    public override async Task RunOnce(CancellationToken ct)
    {
        var late = await store.Read(reader => DeferredEvents.RoomsSince(reader, Time.GetUtcNow() - _patience), ct);
        if (late.Count == 0) return;
        var looking = await viewers.Find(late, ct);
        foreach (var room in late)
        {
            LogLate(Logger, room);
            await store.Write(work => notifier.Resume(work, room, looking, evenUnexplained: true));
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Deferred events of room {RoomId} timed out and are handled without their predecessor")]
    private static partial void LogLate(ILogger logger, long roomId);
}
