using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Storage;
using Microsoft.Extensions.Options;

namespace BigTech.Notifications.Jobs;

/// <summary>Every hour, deletes notifications that were read long ago, and the oldest ones of users above the limit.</summary>
internal sealed partial class NotificationsHousekeeping(
    Store store, INotifications notifications, IOptions<NotificationsOptions> options, TimeProvider time,
    ILogger<NotificationsHousekeeping> logger)
    : PeriodicService("Deleting old notifications", TimeSpan.FromHours(1), time, logger)
{
    public override async Task RunOnce(CancellationToken ct)
    {
        var before = Time.GetUtcNow() - TimeSpan.FromDays(options.Value.RetentionDays);
        var deleted = await DeleteAll(notifications.ReadBefore(before, ct));
        deleted += await DeleteAll(notifications.BeyondLimit(options.Value.MaxPerUser, ct));
        if (deleted > 0) LogDeleted(Logger, deleted);
    }

    private async Task<int> DeleteAll(IAsyncEnumerable<List<TrimmedRow>> found)
    {
        var total = 0;
        await foreach (var rows in found)
        {
            if (rows.Count > 0) total += await store.Write(work => notifications.In(work).Delete(rows));
        }
        return total;
    }

    [LoggerMessage(1, LogLevel.Information, "Deleted {Count} old notifications")]
    private static partial void LogDeleted(ILogger logger, int count);
}
