using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>
/// The ids of the events that a consumer group has handled, written in the transaction of the effect. They identify duplicates after a
/// crash before an offset commit, after a restart of a relay, or with two replicas at once.
/// </summary>
internal sealed class ProcessedEvents(Subscription subscription, TimeProvider time)
{
    private const int IdsPerQuery = 500;

    private const string Into = "INSERT INTO inbox (consumer_group, topic, event_id, handled_at) VALUES ";
    private const string Row = "(?1, ?2, ?3, ?4)";

    private static readonly BulkInsert RecordSql = new($"{Into}{Row}", Into, Row);

    /// <summary>Records events as handled, as part of a transaction.</summary>
    /// <exception cref="AlreadyHandledException">Some of them are recorded already; nothing is written then.</exception>
    public void Record(IReadOnlyList<EventEnvelope> events, UnitOfWork work)
    {
        var known = Find(work, events.Select(e => e.Id)).Now();
        if (known.Count > 0) throw new AlreadyHandledException(known);
        var now = time.GetUtcNow().ToDb();
        foreach (var e in events)
        {
            work.Execute(work.Batch(RecordSql).Bind(1, subscription.Group).Bind(2, subscription.Topic).Bind(3, e.Id).Bind(4, now));
        }
    }

    /// <summary>The ids of the handled events among the given ones.</summary>
    public ValueTask<HashSet<string>> Handled(IReadOnlyCollection<string> ids, CancellationToken ct) =>
        subscription.Store.Read(reader => Find(reader, ids), ct);

    /// <summary>Deletes a topic's events that were handled before a time, in short transactions.</summary>
    public static async Task Trim(Store store, string topic, DateTimeOffset before, CancellationToken ct)
    {
        const int chunk = 1000;
        var end = before.ToDb();
        while (!ct.IsCancellationRequested)
        {
            var next = await store.Read(reader => reader.First<long?>(
                "SELECT handled_at FROM inbox WHERE topic = @topic AND handled_at < @end ORDER BY handled_at LIMIT 1 OFFSET @chunk",
                new { topic, end, chunk }), ct);
            await store.Write(work => work.Execute(
                "DELETE FROM inbox WHERE topic = @topic AND handled_at < @upTo", new { topic, upTo = next + 1 ?? end }));
            if (next is null) return;
        }
    }

    private async ValueTask<HashSet<string>> Find(ReadSession reader, IEnumerable<string> ids)
    {
        var found = new HashSet<string>();
        foreach (var some in ids.Chunk(IdsPerQuery))
        {
            found.UnionWith(await reader.Query<string>(
                "SELECT event_id FROM inbox WHERE consumer_group = @Group AND topic = @Topic AND event_id IN @some",
                new { subscription.Group, subscription.Topic, some }));
        }
        return found;
    }
}

/// <summary>The effect of some events is in the store already.</summary>
internal sealed class AlreadyHandledException(HashSet<string> ids) : Exception("Some of the events were handled before.")
{
    public HashSet<string> Ids { get; } = ids;
}
