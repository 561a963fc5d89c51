using BigTech.Contracts;
using Microsoft.Extensions.Options;

namespace BigTech.BuildingBlocks.Events.Hosting;

/// <summary>Deletes events that are older than their topic's retention, except those that the bus still has to deliver.</summary>
internal sealed partial class OutboxRetention(
    IEnumerable<PublishedTopic> topics, IEventBus bus, IOptions<BusOptions> options, TimeProvider time, ILogger<OutboxRetention> logger)
    : PeriodicService("Deleting old events", TimeSpan.FromMinutes(options.Value.RetentionMinutes), time, logger)
{
    // All at once: the others do not wait for a store that is unavailable.
    public override Task RunOnce(CancellationToken ct) => Task.WhenAll(topics.Select(topic => Trim(topic, ct)));

    private async Task Trim(PublishedTopic published, CancellationToken ct)
    {
        var retention = Topics.All.Single(topic => topic.Name == published.Topic).Retention;
        var delivered = await bus.LowWatermark(published, ct);
        var deleted = await published.Store.Log.Trim(published.Topic, delivered, Time.GetUtcNow() - retention, ct);
        if (deleted > 0) LogTrimmed(Logger, deleted, published.Topic);
    }

    [LoggerMessage(1, LogLevel.Information, "Deleted {Count} events of {Topic} past their retention")]
    private static partial void LogTrimmed(ILogger logger, int count, string topic);
}
