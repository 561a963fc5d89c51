using System.Diagnostics;
using BigTech.Contracts;
using BigTech.Platform.Http;
using Confluent.Kafka;

namespace BigTech.Platform.Events.Kafka;

/// <summary>Reads the topics of dead letters from their beginning, goes on from where it was, and knows which letters wait.</summary>
internal sealed class DeadLetterReader(KafkaClients clients) : IDisposable
{
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Shelf> _shelves = Topics.All.ToDictionary(
        topic => clients.NameOf(DeadLetterTopics.NameOf(topic.Name)), topic => new Shelf(topic.Name));
    private IConsumer<string, byte[]?>? _consumer;

    /// <summary>What is known of one topic: its letters by key in the order in which they came, and how far it was read.</summary>
    private sealed record Shelf(string Topic)
    {
        public OrderedDictionary<string, Letter> Letters { get; } = [];

        public long Next { get; set; }
    }

    /// <summary>The letters of a group that wait now.</summary>
    /// <exception cref="Refusal">503: Kafka does not answer.</exception>
    public List<Letter> ReadToEnd(string topic, string group)
    {
        lock (_gate)
        {
            var name = clients.NameOf(DeadLetterTopics.NameOf(topic));
            try
            {
                ReadOn(_consumer ??= Open(), new TopicPartition(name, 0));
            }
            catch (KafkaException error)
            {
                throw Refusal.Unavailable("bus_unavailable", "Kafka does not show its dead letters now.", error);
            }
            return [.. _shelves[name].Letters.Values.Where(letter => letter.Group == group)];
        }
    }

    public void Dispose() => _consumer?.Dispose();

    private IConsumer<string, byte[]?> Open()
    {
        var consumer = clients.Consumer("dlq", config => config.EnablePartitionEof = true).Build();
        consumer.Assign(_shelves.Keys.Select(name => new TopicPartitionOffset(name, 0, Offset.Beginning)));
        return consumer;
    }

    private void ReadOn(IConsumer<string, byte[]?> consumer, TopicPartition partition)
    {
        var started = Stopwatch.GetTimestamp();
        var end = consumer.QueryWatermarkOffsets(partition, LongestWait).High.Value;
        while (_shelves[partition.Topic].Next < end)
        {
            if (Stopwatch.GetElapsedTime(started) > LongestWait) throw new KafkaException(ErrorCode.Local_TimedOut);
            if (consumer.Consume(LongestWait) is { } record) Fold(record, _shelves[record.Topic]);
        }
    }

    private static void Fold(ConsumeResult<string, byte[]?> record, Shelf shelf)
    {
        // The end of a partition comes as a record of its own: compaction may have removed what was before it.
        shelf.Next = Math.Max(shelf.Next, record.IsPartitionEOF ? record.Offset.Value : record.Offset.Value + 1);
        if (record.IsPartitionEOF) return;
        if (Letter.Of(record, shelf.Topic) is { } letter) shelf.Letters[letter.Id] = letter;
        else shelf.Letters.Remove(record.Message.Key ?? "");
    }
}
