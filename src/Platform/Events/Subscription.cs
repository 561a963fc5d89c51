using BigTech.Contracts;
using BigTech.Platform.Sql;

namespace BigTech.Platform.Events;

/// <summary>
/// What one consumer group does with one topic. A handler runs inside a transaction of the consumer's own store, which also records
/// that the event was handled: the effect and the progress stand or fall together.
/// </summary>
/// <param name="Group">The consumer group: one context, whatever the number of its replicas.</param>
/// <param name="Topic">A name of <see cref="Topics"/>.</param>
/// <param name="Store">The consumer's own store.</param>
public sealed record Subscription(string Group, string Topic, Database Store)
{
    private readonly Dictionary<string, Action<EventEnvelope, WriteSession>> _handlers = [];

    /// <summary>
    /// Handles events of one type. The handler must be idempotent: it may see an event again after a crash, a retry or a replay.
    /// Types without a handler are passed over.
    /// </summary>
    public Subscription On<TEvent>(Action<TEvent, WriteSession> handle) where TEvent : IIntegrationEvent
    {
        if (TEvent.Topic != Topic) throw new ArgumentException($"{TEvent.WireName} does not travel on {Topic}.");
        _handlers.Add(TEvent.WireName, (envelope, session) => handle(EventJson.Deserialize<TEvent>(envelope.Data), session));
        return this;
    }

    /// <summary>The position of the last event that the group has handled; 0 before the first.</summary>
    public ValueTask<long> Offset(CancellationToken ct) => Store.Read(
        session => session.First<long?>(
            "SELECT position FROM consumer_offsets WHERE consumer_group = @Group AND topic = @Topic", new { Group, Topic }) ?? 0, ct);

    internal void Handle(EventEnvelope envelope, WriteSession session)
    {
        if (_handlers.TryGetValue(envelope.Type, out var handle)) handle(envelope, session);
    }
}
