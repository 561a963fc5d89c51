using BigTech.Contracts;
using Microsoft.Extensions.Options;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>Deletes the handled events that no broker can deliver again, because their topic's retention is over.</summary>
internal sealed class ProcessedEventsRetention(
    IEnumerable<Subscription> subscriptions, IOptions<BusOptions> options, TimeProvider time, ILogger<ProcessedEventsRetention> logger)
    : PeriodicService("Deleting old processed events", TimeSpan.FromMinutes(options.Value.RetentionMinutes), time, logger)
{
    // Allows for clock differences between brokers and stores.
    private static readonly TimeSpan Spare = TimeSpan.FromHours(1);

    public override Task RunOnce(CancellationToken ct) => Task.WhenAll(subscriptions.Select(subscription => Trim(subscription, ct)));

    private async Task Trim(Subscription subscription, CancellationToken ct)
    {
        var topic = Topics.All.Single(topic => topic.Name == subscription.Topic);
        await ProcessedEvents.Trim(subscription.Store, topic.Name, Time.GetUtcNow() - KafkaTopics.MaxAge(topic) - Spare, ct);
    }
}
