using System.Diagnostics;
using BigTech.Contracts;
using BigTech.Platform.Sql;
using BigTech.Platform.Telemetry;

namespace BigTech.Platform.Events;

/// <summary>
/// What one consumer group does with one topic. A handler runs inside a transaction of the consumer's own store, which also records
/// that the event was handled: the effect and the progress stand or fall together.
/// </summary>
/// <param name="Group">The consumer group: one context, whatever the number of its replicas.</param>
/// <param name="Topic">A name of <see cref="Topics"/>.</param>
/// <param name="Store">The consumer's own store.</param>
public sealed record Subscription(string Group, string Topic, Store Store)
{
    private readonly Dictionary<string, Action<EventEnvelope, UnitOfWork>> _handlers = [];
    private Func<IReadOnlyList<EventEnvelope>, CancellationToken, ValueTask<Action<UnitOfWork>>>? _batchHandler;

    /// <summary>
    /// The shortest time from the start of one transaction to the start of the next while events keep coming: what comes in between
    /// shares it. An event after a silence is handled at once, and a backlog that fills whole batches does not wait.
    /// </summary>
    public TimeSpan Pace { get; init; }

    /// <summary>
    /// Handles events of one type. The handler must be idempotent: it may see an event again after a crash, a retry or a replay.
    /// Types without a handler are passed over.
    /// </summary>
    public Subscription On<TEvent>(Action<TEvent, UnitOfWork> handle) where TEvent : IIntegrationEvent
    {
        if (TEvent.Topic != Topic) throw new ArgumentException($"{TEvent.WireName} does not travel on {Topic}.");
        if (_batchHandler is not null) throw new InvalidOperationException("Events are handled one by one or in batches, not both.");
        _handlers.Add(TEvent.WireName, (envelope, work) => handle(EventJson.Deserialize<TEvent>(envelope.Data), work));
        return this;
    }

    /// <summary>
    /// Handles all the events that one transaction takes together, so that what they have in common is done once. The handler runs
    /// before the transaction and may wait: here it reads the events and asks others for what it needs. The action that it gives runs
    /// inside the transaction, and must be idempotent as every handler; it may run more than once. It carries on the traces of the events by
    /// <see cref="UnitOfWork.ContinueTrace"/>. When either fails, the events come again one by one.
    /// </summary>
    public Subscription InBatches(Func<IReadOnlyList<EventEnvelope>, CancellationToken, ValueTask<Action<UnitOfWork>>> handle)
    {
        if (_handlers.Count > 0 || _batchHandler is not null) throw new InvalidOperationException("The subscription has a handler already.");
        _batchHandler = handle;
        return this;
    }

    /// <summary>The position of the last event that the group has handled; 0 before the first.</summary>
    public ValueTask<long> Offset(CancellationToken ct) => Store.Read<long>(Offset, ct);

    /// <inheritdoc cref="Offset(CancellationToken)"/>
    internal async ValueTask<long> Offset(ReadSession reader) => await reader.First<long?>(
        "SELECT position FROM consumer_offsets WHERE consumer_group = @Group AND topic = @Topic", new { Group, Topic }) ?? 0;

    /// <summary>
    /// Handles events in one transaction, which also notes by <paramref name="record"/> that they were handled. Gives the error when
    /// nothing of it happened.
    /// </summary>
    /// <exception cref="AppError">503: a store is away. That is not the events' fault, and no attempt is spent on them.</exception>
    internal async Task<Exception?> TryHandle(IReadOnlyList<EventEnvelope> events, Action<UnitOfWork> record, CancellationToken ct)
    {
        using var activity = Meters.Activities.StartActivity(
            $"{Topic} process", ActivityKind.Consumer, events.Count == 1 ? events[0].TraceParent : null);
        try
        {
            var handle = await Prepare(events, ct);
            await Store.Write(work =>
            {
                record(work);
                handle(work);
            });
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error) when (error is not AppError { Kind: ErrorKind.Unavailable })
        {
            return error;
        }
        EventMetrics.Handled(this, events.Count);
        return null;
    }

    /// <summary>What is to be done with events, ready to run inside a transaction.</summary>
    internal ValueTask<Action<UnitOfWork>> Prepare(IReadOnlyList<EventEnvelope> events, CancellationToken ct)
    {
        if (_batchHandler is not null) return _batchHandler(events, ct);
        return ValueTask.FromResult<Action<UnitOfWork>>(work =>
        {
            foreach (var e in events)
            {
                if (!_handlers.TryGetValue(e.Type, out var handle)) continue;
                work.ContinueTrace(e.TraceParent);
                handle(e, work);
            }
        });
    }
}
