using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>
/// The bus of several processes. A relay carries each outbox to Kafka; consumers record processed events in their own store, so duplicates
/// are harmless. While Kafka is unavailable, events wait in the outbox and requests go on.
/// </summary>
internal sealed class KafkaBus : IEventBus, IDisposable
{
    private readonly KafkaClients _clients;
    private readonly KafkaTopics _topics;
    private readonly DeadLetterTopics _deadLetters;
    private readonly BusOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;

    public KafkaBus(KafkaOptions kafka, BusOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _clients = new KafkaClients(kafka, loggers.CreateLogger<KafkaClients>());
        _topics = new KafkaTopics(_clients, time, loggers.CreateLogger<KafkaTopics>());
        _deadLetters = new DeadLetterTopics(_clients, _topics, time);
        _options = options;
        _time = time;
        _loggers = loggers;
    }

    public bool IsShared => true;

    public IConsumer Consume(Subscription subscription) =>
        new KafkaConsumer(subscription, _clients, _topics, _deadLetters, _options, _time, _loggers.CreateLogger<KafkaConsumer>());

    public ITopicFollower Follow(string topic, Action<EventEnvelope> handle, Action gap) =>
        new KafkaTopicFollower(new TopicHandler(topic, handle, gap, _loggers.CreateLogger<TopicHandler>()), _clients, _topics, _options);

    public async Task<IReadOnlyList<DeadLetter>> DeadLetters(Subscription subscription, CancellationToken ct) =>
        await _deadLetters.List(subscription, ct);

    public Task<(int Handled, int Remaining)> Replay(Subscription subscription, CancellationToken ct) =>
        _deadLetters.Replay(subscription, ct);

    public ValueTask<long> LowWatermark(PublishedTopic published, CancellationToken ct) =>
        OutboxRelay.Position(published.Store, published.Topic, ct);

    /// <summary>Creates the relay for the topics of one store.</summary>
    public OutboxRelay Relay(Store store, IReadOnlyList<string> topics) =>
        new(store, topics, _clients, _topics, _options, _time, _loggers.CreateLogger<OutboxRelay>());

    public void Dispose()
    {
        _deadLetters.Dispose();
        _topics.Dispose();
    }
}
