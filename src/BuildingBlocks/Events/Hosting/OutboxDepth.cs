using System.Diagnostics.Metrics;

namespace BigTech.BuildingBlocks.Events.Hosting;

/// <summary>
/// Measures how many events and writes wait in the stores of this process. Apart from <see cref="ConsumerLag"/>: while the brokers are
/// unavailable it can still be read, and shows the lag.
/// </summary>
internal sealed class OutboxDepth : PeriodicService
{
    public static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(5);

    private readonly IEnumerable<PublishedTopic> _topics;
    private readonly IEventBus _bus;
    private volatile Sample[] _samples = [];

    private sealed record Sample(string Topic, long Events, DateTimeOffset? Oldest);

    public OutboxDepth(
        IEnumerable<PublishedTopic> topics, IEventBus bus, IMeterFactory meters, TimeProvider time, ILogger<OutboxDepth> logger)
        : base("Reading the depth of the outbox", SampleInterval, time, logger)
    {
        (_topics, _bus) = (topics, bus);
        var meter = meters.Create(Meters.Name);
        meter.CreateObservableGauge("bigtech.outbox.depth", () => _samples.Select(s => Measure(s.Events, "topic", s.Topic)), "{event}",
            "Events of a topic that wait in the outbox: for the slowest consumer group, or for Kafka.");
        meter.CreateObservableGauge("bigtech.outbox.age", () => _samples.Select(s => Measure(Age(s, time), "topic", s.Topic)), "s",
            "How long the oldest of these events has been waiting.");
        meter.CreateObservableGauge(
            "bigtech.store.writer.waiting",
            () => topics.Select(t => t.Store).Distinct().Select(store => Measure(store.WaitingWrites, "store", store.Name)), "{write}",
            "Writes that wait for a commit.");
    }

    public override async Task RunOnce(CancellationToken ct)
    {
        var samples = new List<Sample>();
        foreach (var published in _topics)
        {
            var delivered = await _bus.LowWatermark(published, ct);
            var oldest = await published.Store.Log.OldestAfter(published.Topic, delivered, ct);
            samples.Add(new Sample(published.Topic, await published.Store.Log.CountAfter(published.Topic, delivered, ct), oldest));
        }
        _samples = [.. samples];
    }

    private static double Age(Sample sample, TimeProvider time) =>
        sample.Oldest is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0;

    private static Measurement<T> Measure<T>(T value, string tag, string name) where T : struct =>
        new(value, new KeyValuePair<string, object?>(tag, name));
}
