using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BigTech.Notifications.Jobs;

/// <summary>Every hour, deletes notifications that were read long ago, and the oldest ones of users above the limit.</summary>
internal sealed partial class NotificationsHousekeeping(
    Store store, INotifications notifications, IOptions<NotificationsOptions> options, TimeProvider time, ILogger<NotificationsHousekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do await CleanUp(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Runs one cleanup.</summary>
    public async Task CleanUp(CancellationToken ct)
    {
        try
        {
            var before = time.GetUtcNow() - TimeSpan.FromDays(options.Value.RetentionDays);
            var deleted = await DeleteAll(notifications.ReadBefore(before, ct));
            deleted += await DeleteAll(notifications.BeyondLimit(options.Value.MaxPerUser, ct));
            if (deleted > 0) LogDeleted(deleted);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Retried in an hour; no user request depends on it.
            LogFailed(error);
        }
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
    private partial void LogDeleted(int count);

    [LoggerMessage(2, LogLevel.Error, "Cleaning up notifications failed")]
    private partial void LogFailed(Exception error);
}
