using System.Text;
using Confluent.Kafka;

namespace BigTech.Tests.Integration.Events;

/// <summary>Accesses the topics as any other Kafka client.</summary>
internal static class KafkaRecords
{
    /// <summary>Reads a topic from its beginning until it has this many records; waits until the topic exists.</summary>
    public static List<ConsumeResult<string, byte[]?>> Read(KafkaBusFixture fixture, string topic, int count)
    {
        using var consumer = new ConsumerBuilder<string, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = fixture.Kafka.BootstrapServers,
            GroupId = "wire",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
        }).Build();
        var name = fixture.Kafka.TopicPrefix + topic;
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        List<PartitionMetadata> Partitions() => admin.GetMetadata(name, Patience.Limit).Topics.Single().Partitions;
        SpinWait.SpinUntil(() => Partitions().Count > 0, Patience.Limit).ShouldBeTrue($"{topic} is there");
        var partitions = Partitions();
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(name, partition.PartitionId, Offset.Beginning)));
        var records = new List<ConsumeResult<string, byte[]?>>();
        while (records.Count < count)
        {
            records.Add(consumer.Consume(Patience.Limit) ?? throw new TimeoutException($"{topic} has only {records.Count} records."));
        }
        return records;
    }

    /// <summary>Writes a record unchanged.</summary>
    public static async Task Write(KafkaBusFixture fixture, string topic, Message<string, byte[]?> record)
    {
        using var producer = new ProducerBuilder<string, byte[]?>(
            new ProducerConfig { BootstrapServers = fixture.Kafka.BootstrapServers, Partitioner = Partitioner.Murmur2Random }).Build();
        await producer.ProduceAsync(fixture.Kafka.TopicPrefix + topic, record, TestContext.Current.CancellationToken);
    }

    public static Dictionary<string, string> Texts(Headers headers) =>
        headers.ToDictionary(header => header.Key, header => Encoding.UTF8.GetString(header.GetValueBytes()));
}
