using BigTech.Contracts;
using Confluent.Kafka;

namespace BigTech.Platform.Events.Kafka;

/// <summary>A letter that waits: whose event it has, and where its record is.</summary>
internal readonly record struct WaitingDeadLetter(string EventId, long Offset);

/// <summary>
/// Reads the topics of dead letters from their beginning, goes on from where it was, and knows which letters wait. Every process counts
/// them, so it keeps only their keys and offsets; the letters themselves are read when they are asked for.
/// </summary>
internal sealed class DeadLetterReader(KafkaClients clients) : IDisposable
{
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Shelf> _shelves = Topics.All.ToDictionary(topic => NameOf(clients, topic.Name), _ => new Shelf());
    private IConsumer<string, byte[]?>? _consumer;

    /// <summary>What is known of one topic: where its letters are, by key, in the order in which they came, and how far it was read.</summary>
    private sealed record Shelf
    {
        public OrderedDictionary<string, long> Offsets { get; } = [];

        public long Next { get; set; }
    }

    /// <summary>The letters of a group that wait now, oldest first.</summary>
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

    /// <summary>The letters at some offsets, in this order. One that was handled or has failed once more since is left out.</summary>
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
                if (wanted.Contains(record.Offset) && !record.IsPartitionEOF && DeadLetterRecord.From(record, topic) is { } letter) found[record.Offset] = letter;
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
            // A limit for silence: a long list takes longer than that.
            var record = consumer.Consume(MaxWait) ?? throw new KafkaException(ErrorCode.Local_TimedOut);
            Fold(record, _shelves[record.Topic]);
        }
    }

    private static void Fold(ConsumeResult<string, byte[]?> record, Shelf shelf)
    {
        // The end of a partition comes as a record of its own: compaction may have removed what was before it.
        shelf.Next = Math.Max(shelf.Next, record.IsPartitionEOF ? record.Offset.Value : record.Offset.Value + 1);
        if (record.IsPartitionEOF) return;
        var key = record.Message.Key ?? "";
        if (DeadLetterRecord.IsOne(record)) shelf.Offsets[key] = record.Offset;
        else shelf.Offsets.Remove(key);
    }
}
