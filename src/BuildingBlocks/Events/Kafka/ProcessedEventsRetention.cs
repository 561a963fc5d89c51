using BigTech.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>Deletes the handled events that no broker can deliver again, because their topic's retention is over.</summary>
internal sealed partial class ProcessedEventsRetention(
    IEnumerable<Subscription> subscriptions, IOptions<BusOptions> options, TimeProvider time, ILogger<ProcessedEventsRetention> logger) : BackgroundService
{
    // Allows for clock differences between brokers and stores.
    private static readonly TimeSpan Spare = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(options.Value.RetentionMinutes), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var subscription in subscriptions) await Trim(subscription, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Normal shutdown.
        }
    }

    private async Task Trim(Subscription subscription, CancellationToken ct)
    {
        var topic = Topics.All.Single(topic => topic.Name == subscription.Topic);
        try
        {
            await ProcessedEvents.Trim(subscription.Store, topic.Name, time.GetUtcNow() - KafkaTopics.MaxAge(topic) - Spare, ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogTrimFailed(error, topic.Name);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Deleting old processed events of {Topic} failed; retrying")]
    private partial void LogTrimFailed(Exception error, string topic);
}
