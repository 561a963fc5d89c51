using Microsoft.Extensions.Options;

namespace BigTech.BuildingBlocks.Events.Embedded;

/// <summary>
/// The bus of one process: consumers follow the outbox of the producing context, and keep their offset in their own store, in the
/// transaction of the effect. Nothing is copied and nothing can be lost in between.
/// </summary>
/// <param name="logs">For each topic, the log of the context that owns it.</param>
/// <param name="subscriptions">The subscriptions of this process: events that one of them still has to handle stay in the log.</param>
public sealed class EmbeddedBus(
    IReadOnlyDictionary<string, EventLog> logs, IEnumerable<Subscription> subscriptions, IOptions<BusOptions> options, TimeProvider time,
    ILoggerFactory loggers) : IEventBus
{
    public bool IsShared => false;

    public IConsumer Consume(Subscription subscription) =>
        new EmbeddedConsumer(subscription, LogOf(subscription.Topic), options.Value, time, loggers.CreateLogger<EmbeddedConsumer>());

    public ITopicFollower Follow(string topic, Action<EventEnvelope> handle, Action gap) =>
        new EmbeddedTopicFollower(
            new TopicHandler(topic, handle, gap, loggers.CreateLogger<TopicHandler>()), LogOf(topic), options.Value, time);

    public async Task<IReadOnlyList<DeadLetter>> DeadLetters(Subscription subscription, CancellationToken ct) =>
        await new DeadLetters(subscription).List(ct);

    public async Task<(int Handled, int Remaining)> Replay(Subscription subscription, CancellationToken ct)
    {
        var letters = new DeadLetters(subscription);
        var handled = 0;
        var waiting = await letters.Ids(ct);
        foreach (var id in waiting)
        {
            if (await letters.TryHandle(id, ct)) handled++;
        }
        return (handled, waiting.Count - handled);
    }

    public async ValueTask<long> LowWatermark(PublishedTopic published, CancellationToken ct)
    {
        var upTo = long.MaxValue;
        foreach (var subscription in subscriptions.Where(s => s.Topic == published.Topic))
        {
            upTo = Math.Min(upTo, await subscription.Offset(ct));
        }
        return upTo;
    }

    private EventLog LogOf(string topic) =>
        logs.TryGetValue(topic, out var log) ? log : throw new ArgumentException($"No context here owns {topic}.");
}
