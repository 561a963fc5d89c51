using BigTech.Contracts;
using Confluent.Kafka;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>A waiting dead letter: the id of its event and the offset of its record.</summary>
internal readonly record struct WaitingDeadLetter(string EventId, long Offset);

/// <summary>
/// Reads the dead letter topics from their beginning, continues where it stopped, and keeps track of the waiting dead letters. Every
/// process counts them, so only their keys and offsets are in memory; the records are read on demand.
/// </summary>
internal sealed class DeadLetterReader(KafkaClients clients) : IDisposable
{
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Shelf> _shelves = Topics.All.ToDictionary(topic => NameOf(clients, topic.Name), _ => new Shelf());
    private IConsumer<string, byte[]?>? _consumer;

    /// <summary>The state of one topic: the offsets of its dead letters by key, in order of arrival, and the next offset to read.</summary>
    private sealed record Shelf
    {
        public OrderedDictionary<string, long> Offsets { get; } = [];

        public long Next { get; set; }
    }

    /// <summary>The waiting dead letters of a group, oldest first.</summary>
    /// <exception cref="AppError">503: Kafka does not answer.</exception>
    public List<WaitingDeadLetter> FindWaiting(string topic, string group)
    {
        lock (_gate)
        {
            var name = NameOf(clients, topic);
            OrUnavailable(() => ReadOn(_consumer ??= Open(), new TopicPartition(name, 0)));
            var start = DeadLetterRecord.KeysOf(group);
            return
            [
                .. _shelves[name].Offsets.Where(letter => letter.Key.StartsWith(start, StringComparison.Ordinal))
                    .Select(letter => new WaitingDeadLetter(letter.Key[start.Length..], letter.Value)),
            ];
        }
    }

    /// <summary>The dead letters at the offsets, in this order. Those that were handled or have failed again since are left out.</summary>
    /// <exception cref="AppError">503: Kafka does not answer.</exception>
    public List<DeadLetterRecord> Read(string topic, IReadOnlyCollection<long> offsets)
    {
        var found = new Dictionary<long, DeadLetterRecord>();
        OrUnavailable(() =>
        {
            using var consumer = NewConsumer();
            consumer.Assign(new TopicPartitionOffset(NameOf(clients, topic), 0, offsets.Min()));
            var (wanted, last) = (offsets.ToHashSet(), offsets.Max());
            while (true)
            {
                var record = consumer.Consume(MaxWait) ?? throw new KafkaException(ErrorCode.Local_TimedOut);
                if (wanted.Contains(record.Offset) && !record.IsPartitionEOF && DeadLetterRecord.From(record, topic) is { } letter)
                {
                    found[record.Offset] = letter;
                }
                if (record.IsPartitionEOF || record.Offset >= last) return;
            }
        });
        return [.. offsets.Select(offset => found.GetValueOrDefault(offset)).OfType<DeadLetterRecord>()];
    }

    public void Dispose() => _consumer?.Dispose();

    private static string NameOf(KafkaClients clients, string topic) => clients.NameOf(DeadLetterTopics.NameOf(topic));

    private static void OrUnavailable(Action read)
    {
        try
        {
            read();
        }
        catch (KafkaException error)
        {
            throw AppError.Unavailable("bus_unavailable", "Kafka does not show its dead letters now.", error);
        }
    }

    private IConsumer<string, byte[]?> NewConsumer() => clients.Consumer("dlq", config => config.EnablePartitionEof = true).Build();

    private IConsumer<string, byte[]?> Open()
    {
        var consumer = NewConsumer();
        consumer.Assign(_shelves.Keys.Select(name => new TopicPartitionOffset(name, 0, Offset.Beginning)));
        return consumer;
    }

    private void ReadOn(IConsumer<string, byte[]?> consumer, TopicPartition partition)
    {
        var end = consumer.QueryWatermarkOffsets(partition, MaxWait).High.Value;
        while (_shelves[partition.Topic].Next < end)
        {
            // A limit between records only: a long list may take longer.
            var record = consumer.Consume(MaxWait) ?? throw new KafkaException(ErrorCode.Local_TimedOut);
            Fold(record, _shelves[record.Topic]);
        }
    }

    private static void Fold(ConsumeResult<string, byte[]?> record, Shelf shelf)
    {
        // The end of a partition is a separate record: compaction may have removed the records before it.
        shelf.Next = Math.Max(shelf.Next, record.IsPartitionEOF ? record.Offset.Value : record.Offset.Value + 1);
        if (record.IsPartitionEOF) return;
        var key = record.Message.Key ?? "";
        if (DeadLetterRecord.IsOne(record)) shelf.Offsets[key] = record.Offset;
        else shelf.Offsets.Remove(key);
    }
}
