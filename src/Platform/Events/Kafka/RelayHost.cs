using Microsoft.Extensions.Hosting;

namespace BigTech.Platform.Events.Kafka;

/// <summary>Runs a relay for every store of this process that publishes.</summary>
internal sealed class RelayHost(KafkaBus bus, IEnumerable<PublishedTopic> topics) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        topics.GroupBy(published => published.Store, published => published.Topic).Select(store => bus.Relay(store.Key, [.. store]).Run(stoppingToken)));
}
