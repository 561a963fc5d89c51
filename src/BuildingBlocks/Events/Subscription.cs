using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts;
using BigTech.Contracts.Json;

namespace BigTech.BuildingBlocks.Events;

/// <summary>
/// The handlers of one consumer group for one topic. A handler runs in a transaction of the consumer's own store, which also records the
/// event as handled: both are committed together.
/// </summary>
/// <param name="Group">The consumer group: one per context, with any number of replicas.</param>
/// <param name="Topic">A name of <see cref="Topics"/>.</param>
/// <param name="Store">The consumer's own store.</param>
public sealed record Subscription(string Group, string Topic, Store Store)
{
    private readonly Dictionary<string, Action<EventEnvelope, UnitOfWork>> _handlers = [];
    private Func<IReadOnlyList<EventEnvelope>, CancellationToken, ValueTask<Action<UnitOfWork>>>? _batchHandler;

    /// <summary>
    /// The minimum time between the starts of two transactions while events keep coming; events that arrive in between share one. An event
    /// after a pause is handled at once, and a backlog of full batches does not wait.
    /// </summary>
    public TimeSpan Pace { get; init; }

    /// <summary>
    /// Handles events of one type. The handler must be idempotent: it may receive an event again after a crash, a retry or a replay. Types
    /// without a handler are skipped.
    /// </summary>
    public Subscription On<TEvent>(Action<TEvent, UnitOfWork> handle) where TEvent : IIntegrationEvent
    {
        if (TEvent.Topic != Topic) throw new ArgumentException($"{TEvent.WireName} does not travel on {Topic}.");
        if (_batchHandler is not null) throw new InvalidOperationException("Events are handled one by one or in batches, not both.");
        _handlers.Add(TEvent.WireName, (envelope, work) => handle(EventJson.Deserialize<TEvent>(envelope.Data), work));
        return this;
    }

    /// <summary>
    /// Handles all events of one transaction together, so that common work is done once. The handler runs before the transaction and may
    /// wait: it reads the events and queries other services. The action that it returns runs in the transaction; it must be idempotent and
    /// may run more than once. It continues the traces of the events with <see cref="UnitOfWork.ContinueTrace"/>. When either fails, the
    /// events are handled one by one.
    /// </summary>
    public Subscription InBatches(Func<IReadOnlyList<EventEnvelope>, CancellationToken, ValueTask<Action<UnitOfWork>>> handle)
    {
        if (_handlers.Count > 0 || _batchHandler is not null)
        {
            throw new InvalidOperationException("The subscription has a handler already.");
        }
        _batchHandler = handle;
        return this;
    }

    /// <summary>The position of the last event that the group has handled; 0 before the first.</summary>
    public ValueTask<long> Offset(CancellationToken ct) => Store.Read<long>(Offset, ct);

    /// <inheritdoc cref="Offset(CancellationToken)"/>
    internal async ValueTask<long> Offset(ReadSession reader) => await reader.First<long?>(
        "SELECT position FROM consumer_offsets WHERE consumer_group = @Group AND topic = @Topic", new { Group, Topic }) ?? 0;

    /// <summary>
    /// Handles events in one transaction, in which <paramref name="record"/> records them as handled. Returns the error when nothing was
    /// committed.
    /// </summary>
    /// <exception cref="AppError">503: a store is unavailable. No attempt of the events is counted.</exception>
    internal async Task<Exception?> TryHandle(IReadOnlyList<EventEnvelope> events, Action<UnitOfWork> record, CancellationToken ct)
    {
        using var activity = EventTraces.StartProcess(Topic, events);
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

    /// <summary>Prepares the handling of events; the result runs inside a transaction.</summary>
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
