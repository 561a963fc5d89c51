using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.BuildingBlocks.Events;

/// <summary>The events of one topic that one consumer group could not handle: its <c>&lt;topic&gt;.dlq</c>, in its own store.</summary>
internal sealed class DeadLetters(Subscription subscription)
{
    private readonly object _keys = new { group = subscription.Group, topic = subscription.Topic };

    /// <summary>Stores an event with its error; <paramref name="moveOn"/> runs in the same transaction.</summary>
    public Task Add(EventEnvelope e, Exception error, int attempts, DateTimeOffset now, Action<UnitOfWork> moveOn) =>
        subscription.Store.Write(work =>
        {
            work.Execute(
                """
                INSERT INTO dead_letters
                    (consumer_group, topic, event_key, event_id, type, time, traceparent, data, error, attempts, failed_at)
                VALUES (@Group, @Topic, @Key, @Id, @Type, @time, @TraceParent, @Data, @error, @attempts, @now)
                """,
                new
                {
                    subscription.Group,
                    e.Topic,
                    e.Key,
                    e.Id,
                    e.Type,
                    time = e.Time.ToDb(),
                    e.TraceParent,
                    e.Data,
                    error = DeadLetter.Describe(error),
                    attempts,
                    now = now.ToDb(),
                });
            moveOn(work);
        });

    public ValueTask<long> Count(CancellationToken ct) => subscription.Store.Read(
        reader => reader.First<long>("SELECT COUNT(*) FROM dead_letters WHERE consumer_group = @group AND topic = @topic", _keys), ct);

    public ValueTask<List<DeadLetter>> List(CancellationToken ct) => subscription.Store.Read(
        async reader => (await reader.Query<ListedRow>(
            "SELECT event_id, type, event_key, error, attempts FROM dead_letters "
            + "WHERE consumer_group = @group AND topic = @topic ORDER BY id",
            _keys))
            .ConvertAll(row => new DeadLetter(row.Event_Id, row.Type, row.Event_Key, row.Error, (int)row.Attempts)), ct);

    public ValueTask<List<long>> Ids(CancellationToken ct) => subscription.Store.Read(
        reader =>
            reader.Query<long>("SELECT id FROM dead_letters WHERE consumer_group = @group AND topic = @topic ORDER BY id", _keys), ct);

    /// <summary>Handles one dead letter again and removes it, in one transaction. False: it has failed; its row has the error.</summary>
    /// <exception cref="AppError">503: a store is unavailable. No attempt is counted.</exception>
    public async Task<bool> TryHandle(long id, CancellationToken ct)
    {
        var row = await subscription.Store.Read(reader => reader.First<Row>(
            "SELECT topic, event_key, event_id, type, time, traceparent, data FROM dead_letters WHERE id = @id", new { id }), ct);
        // Another replay has handled it.
        if (row is null) return true;
        var error = await subscription.TryHandle(
            [row.ToEnvelope()], work => work.Execute("DELETE FROM dead_letters WHERE id = @id", new { id }), ct);
        if (error is null) return true;
        await subscription.Store.Write(work => work.Execute(
            "UPDATE dead_letters SET attempts = attempts + 1, error = @error WHERE id = @id",
            new { id, error = DeadLetter.Describe(error) }));
        return false;
    }

    private sealed record ListedRow(string Event_Id, string Type, string Event_Key, string Error, long Attempts);

    private sealed record Row(string Topic, string Event_Key, string Event_Id, string Type, long Time, string? Traceparent, byte[] Data)
    {
        public EventEnvelope ToEnvelope() => new(0, Topic, Event_Key, Event_Id, Type, DbTime.FromDb(Time), Traceparent, Data);
    }
}
