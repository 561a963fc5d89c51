using System.Collections.Concurrent;
using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.BuildingBlocks.Events;

/// <summary>The outbox of one context, read as a log. Positions of one topic grow in commit order and are never reused.</summary>
public sealed class EventLog
{
    private const string ReadSql = """
        SELECT position, topic, event_key, event_id, type, time, traceparent, data FROM outbox
        WHERE topic = ?1 AND position > ?2 ORDER BY position LIMIT ?3
        """;

    private static readonly DialectSql TrimSql = new(
        Sqlite: """
            DELETE FROM outbox WHERE topic = @topic AND time < @before AND position IN (
                SELECT position FROM outbox WHERE topic = @topic AND position <= @upTo ORDER BY position LIMIT @chunk)
            AND position < (SELECT MAX(position) FROM outbox WHERE topic = @topic)
            """,
        MySql: """
            DELETE FROM outbox WHERE topic = @topic AND time < @before AND position <= @upTo
            AND position < (SELECT newest FROM (SELECT MAX(position) AS newest FROM outbox WHERE topic = @topic) AS ends)
            ORDER BY position LIMIT @chunk
            """);

    /// <summary>The limit up to which waiting events are counted.</summary>
    public const int MaxCounted = 50_000;

    private readonly Store _store;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _appendedTo = new();
    private TaskCompletionSource _appended = NewSource();

    internal EventLog(Store store) => _store = store;

    /// <summary>Up to <paramref name="max"/> events of a topic after a position, oldest first.</summary>
    public ValueTask<List<EventEnvelope>> Read(string topic, long after, int max, CancellationToken ct) =>
        _store.Read(reader => reader.Prepared(ReadSql).Bind(1, topic).Bind(2, after).Bind(3, max).Query(ToEnvelope), ct);

    /// <summary>The position of the topic's newest event; 0 when there has been none.</summary>
    public ValueTask<long> End(string topic, CancellationToken ct) =>
        _store.Read(
            async reader => await reader.First<long?>("SELECT MAX(position) FROM outbox WHERE topic = @topic", new { topic }) ?? 0, ct);

    /// <summary>The number of events of a topic after a position, up to <see cref="MaxCounted"/>: counting scans them one by one.</summary>
    public ValueTask<long> CountAfter(string topic, long after, CancellationToken ct) =>
        _store.Read(reader => reader.First<long>(
            "SELECT COUNT(*) FROM (SELECT 1 FROM outbox WHERE topic = @topic AND position > @after LIMIT @most) AS waiting",
            new { topic, after, most = MaxCounted }), ct);

    /// <summary>When the oldest event of a topic after a position was appended; null if there is none.</summary>
    public async ValueTask<DateTimeOffset?> OldestAfter(string topic, long after, CancellationToken ct)
    {
        var time = await _store.Read(reader => reader.First<long?>(
            "SELECT time FROM outbox WHERE topic = @topic AND position > @after ORDER BY position LIMIT 1", new { topic, after }), ct);
        return time is { } at ? DbTime.FromDb(at) : null;
    }

    /// <summary>Completes at the next commit that appends events. Get it before reading, or an append in between is missed.</summary>
    public Task NextAppend() => Volatile.Read(ref _appended).Task;

    /// <summary>The same for the events of one topic.</summary>
    public Task NextAppend(string topic) => _appendedTo.GetOrAdd(topic, static _ => NewSource()).Task;

    /// <summary>Deletes events up to a position, older than <paramref name="before"/> and not the newest, in short transactions.</summary>
    /// <returns>The number of deleted events.</returns>
    public async Task<int> Trim(string topic, long upTo, DateTimeOffset before, CancellationToken ct)
    {
        const int chunk = 1000;
        var total = 0;
        while (!ct.IsCancellationRequested)
        {
            var deleted = await _store.Write(work => work.Execute(TrimSql, new { topic, upTo, chunk, before = before.ToDb() }));
            total += deleted;
            if (deleted < chunk) break;
        }
        return total;
    }

    /// <param name="topics">The topics that have new events.</param>
    internal void Signal(IReadOnlySet<string> topics)
    {
        foreach (var topic in topics)
        {
            if (_appendedTo.TryRemove(topic, out var waiting)) waiting.TrySetResult();
        }
        Interlocked.Exchange(ref _appended, NewSource()).TrySetResult();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static EventEnvelope ToEnvelope(Statement row) => new(
        row.Number(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), DbTime.FromDb(row.Number(5)), row.OptionalText(6), row.Bytes(7));
}
