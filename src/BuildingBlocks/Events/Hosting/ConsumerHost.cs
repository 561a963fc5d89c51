using System.Diagnostics.Metrics;
using BigTech.BuildingBlocks.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BigTech.BuildingBlocks.Events.Hosting;

/// <summary>Runs every subscription that the composed contexts have registered, and reports the lag of each.</summary>
internal sealed partial class ConsumerHost(
    IEventBus bus, IEnumerable<Subscription> subscriptions, IEnumerable<PublishedTopic> topics, IMeterFactory meters, ILogger<ConsumerHost> logger)
    : BackgroundService
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(5);
    private readonly List<IConsumer> _consumers = [];
    private volatile LagSample[] _samples = [];
    private volatile DepthSample[] _depths = [];

    private sealed record LagSample(string Group, string Topic, long Lag, long DeadLetters);

    private sealed record DepthSample(string Topic, long Events);

    public IReadOnlyList<IConsumer> Consumers => _consumers;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var subscription in subscriptions) _consumers.Add(bus.Consume(subscription));
        var meter = meters.Create(Meters.Name);
        meter.CreateObservableGauge("bigtech.events.consumer.lag", () => _samples.Select(s => Measure(s, s.Lag)), "{event}",
            "Events that a consumer group has yet to handle.");
        meter.CreateObservableGauge("bigtech.events.dead_letters", () => _samples.Select(s => Measure(s, s.DeadLetters)), "{event}",
            "Events that wait in the dead letters of a consumer group.");
        meter.CreateObservableGauge("bigtech.outbox.depth", () => _depths.Select(s => new Measurement<long>(s.Events, Tag("topic", s.Topic))), "{event}",
            "Events of a topic that wait in the outbox: for the slowest consumer group, or for Kafka.");
        meter.CreateObservableGauge(
            "bigtech.store.writer.waiting",
            () => topics.Select(t => t.Store).Distinct().Select(store => new Measurement<long>(store.WaitingWrites, Tag("store", store.Name))), "{write}",
            "Writes that wait for a commit.");
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_consumers.Select(consumer => consumer.DisposeAsync().AsTask()));
    }

    // Separately: while the brokers are unavailable the depth of the outbox can still be read, and shows the lag.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Sample(async () => _depths = await TakeDepths(stoppingToken), stoppingToken),
        Sample(async () => _samples = await TakeSamples(stoppingToken), stoppingToken));

    private async Task Sample(Func<Task> take, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(SampleInterval);
        try
        {
            do await TrySample(take, ct);
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Normal shutdown.
        }
    }

    private async Task TrySample(Func<Task> take, CancellationToken ct)
    {
        try
        {
            await take();
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            LogNoSample(error);
        }
    }

    private async Task<LagSample[]> TakeSamples(CancellationToken ct)
    {
        var samples = new List<LagSample>();
        foreach (var consumer in _consumers)
        {
            var subscription = consumer.Subscription;
            samples.Add(new LagSample(subscription.Group, subscription.Topic, await consumer.Lag(ct), await consumer.DeadLetters(ct)));
        }
        return [.. samples];
    }

    private async Task<DepthSample[]> TakeDepths(CancellationToken ct)
    {
        var samples = new List<DepthSample>();
        foreach (var published in topics)
        {
            var delivered = await bus.LowWatermark(published, ct);
            samples.Add(new DepthSample(published.Topic, await published.Store.Log.CountAfter(published.Topic, delivered, ct)));
        }
        return [.. samples];
    }

    private static Measurement<long> Measure(LagSample sample, long value) => new(value, Tag("group", sample.Group), Tag("topic", sample.Topic));

    [LoggerMessage(1, LogLevel.Warning, "Reading outbox depth or consumer lag failed")]
    private partial void LogNoSample(Exception error);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
