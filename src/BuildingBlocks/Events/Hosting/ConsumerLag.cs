using System.Diagnostics.Metrics;

namespace BigTech.BuildingBlocks.Events.Hosting;

/// <summary>Measures how far behind each consumer group is, and how many events it has given up.</summary>
internal sealed class ConsumerLag : PeriodicService
{
    private readonly ConsumerHost _host;
    private volatile Sample[] _samples = [];

    private sealed record Sample(string Group, string Topic, long Lag, long DeadLetters);

    public ConsumerLag(ConsumerHost host, IMeterFactory meters, TimeProvider time, ILogger<ConsumerLag> logger)
        : base("Reading the lag of consumers", OutboxDepth.SampleInterval, time, logger)
    {
        _host = host;
        var meter = meters.Create(Meters.Name);
        meter.CreateObservableGauge("bigtech.events.consumer.lag", () => _samples.Select(s => Measure(s, s.Lag)), "{event}",
            "Events that a consumer group has yet to handle.");
        meter.CreateObservableGauge("bigtech.events.dead_letters", () => _samples.Select(s => Measure(s, s.DeadLetters)), "{event}",
            "Events that wait in the dead letters of a consumer group.");
    }

    public override async Task RunOnce(CancellationToken ct)
    {
        var samples = new List<Sample>();
        foreach (var consumer in _host.Consumers)
        {
            var subscription = consumer.Subscription;
            samples.Add(new Sample(subscription.Group, subscription.Topic, await consumer.Lag(ct), await consumer.DeadLetters(ct)));
        }
        _samples = [.. samples];
    }

    private static Measurement<long> Measure(Sample sample, long value) => new(
        value, new KeyValuePair<string, object?>("group", sample.Group), new KeyValuePair<string, object?>("topic", sample.Topic));
}
