using BigTech.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BigTech.BuildingBlocks.Events.Hosting;

/// <summary>Deletes events that are older than their topic's retention, except those that the bus still has to deliver.</summary>
internal sealed partial class OutboxRetention(
    IEnumerable<PublishedTopic> topics, IEventBus bus, IOptions<BusOptions> options, TimeProvider time, ILogger<OutboxRetention> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(options.Value.RetentionMinutes), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var topic in topics) await TrimTopic(topic, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Normal shutdown.
        }
    }

    private async Task TrimTopic(PublishedTopic published, CancellationToken ct)
    {
        var retention = Topics.All.Single(topic => topic.Name == published.Topic).Retention;
        try
        {
            var delivered = await bus.LowWatermark(published, ct);
            var gone = await published.Store.Log.Trim(published.Topic, delivered, time.GetUtcNow() - retention, ct);
            if (gone > 0) LogTrimmed(gone, published.Topic);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogTrimFailed(error, published.Topic);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Deleted {Count} events of {Topic} past their retention")]
    private partial void LogTrimmed(int count, string topic);

    [LoggerMessage(2, LogLevel.Warning, "Deleting old events of {Topic} failed; retrying")]
    private partial void LogTrimFailed(Exception error, string topic);
}
