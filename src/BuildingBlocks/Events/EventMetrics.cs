using System.Diagnostics.Metrics;

namespace BigTech.BuildingBlocks.Events;

internal static class EventMetrics
{
    private static readonly Counter<long> HandledEvents = Meters.Meter.CreateCounter<long>(
        "bigtech.events.handled", "{event}", "Events that a consumer group has handled.");

    private static readonly Counter<long> DeadLetteredEvents = Meters.Meter.CreateCounter<long>(
        "bigtech.events.dead_lettered", "{event}", "Events that went to the dead letters of a consumer group.");

    private static readonly Counter<long> RelayedEvents = Meters.Meter.CreateCounter<long>(
        "bigtech.events.relayed", "{event}", "Events that Kafka has acknowledged.");

    public static void Relayed(string topic, int count) => RelayedEvents.Add(count, new KeyValuePair<string, object?>("topic", topic));

    public static void Handled(Subscription subscription, int count) => HandledEvents.Add(count, Tags(subscription));

    public static void DeadLettered(Subscription subscription) => DeadLetteredEvents.Add(1, Tags(subscription));

    private static KeyValuePair<string, object?>[] Tags(Subscription subscription) =>
        [new("group", subscription.Group), new("topic", subscription.Topic)];
}
