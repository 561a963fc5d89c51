using BigTech.BuildingBlocks.Storage.Sql;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BigTech.Notifications.Storage;

/// <summary>Writes committed changes to MongoDB even without further writes: after an outage, or for a crashed process.</summary>
internal sealed partial class MongoProjection(Store store, MongoNotifications notifications, TimeProvider time, ILogger<MongoProjection> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do await Settle(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task Settle(CancellationToken ct)
    {
        try
        {
            var waits = await store.Read(async reader => (await PendingDocumentWrites.Numbers(reader)).Count > 0, ct);
            if (waits) await store.Write(notifications.Settle);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Retried in the next round.
            LogFailed(error);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "Projecting notifications to MongoDB failed; retrying")]
    private partial void LogFailed(Exception error);
}
