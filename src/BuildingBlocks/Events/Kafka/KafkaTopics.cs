using BigTech.Contracts;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>
/// Ensures that the topics of the product exist before use, including those of other services: the first process to start creates them.
/// </summary>
internal sealed partial class KafkaTopics(KafkaClients clients, TimeProvider time, ILogger<KafkaTopics> logger) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task? _ready;

    /// <summary>Completes when the topics can be used; waits while brokers are unavailable.</summary>
    public Task Ready(CancellationToken ct)
    {
        lock (_gate) return (_ready ??= Task.Run(() => Create(_stop.Token), CancellationToken.None)).WaitAsync(ct);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task Create(CancellationToken ct)
    {
        var wanted = Topics.All.SelectMany<Topic, TopicSpecification>(topic => [EventsOf(topic), DeadLettersOf(topic)]).ToList();
        using var admin = clients.Admin();
        using var reader = clients.Consumer("topics").Build();
        while (!await TryCreateMissing(admin, reader, wanted)) await Task.Delay(Pause, time, ct);
        clients.NoteAnswer();
    }

    /// <summary>Creates the missing topics. True: all exist, are known to the brokers, and their leaders accept requests.</summary>
    private async Task<bool> TryCreateMissing(IAdminClient admin, IConsumer<string, byte[]?> reader, List<TopicSpecification> wanted)
    {
        try
        {
            // Requests all topics: a broker may auto-create a topic that is requested by name.
            var usable = admin.GetMetadata(Timeout).Topics.Where(IsUsable).Select(topic => topic.Topic).ToHashSet();
            var missing = wanted.FindAll(topic => !usable.Contains(topic.Name));
            if (missing.Count == 0) return AreServed(reader, wanted);
            await admin.CreateTopicsAsync(missing, new CreateTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout });
        }
        catch (CreateTopicsException error)
        {
            // Another process was faster, or the topics have to be created by an operator.
            var refused = error.Results.Find(result => result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists);
            if (refused is not null) LogRefused(refused.Topic, refused.Error.Reason);
        }
        catch (KafkaException error)
        {
            LogWaiting(error.Error.Reason);
        }
        return false;
    }

    /// <summary>Whether all partition leaders accept requests: just after a topic's creation they do not know yet that they lead.</summary>
    private static bool AreServed(IConsumer<string, byte[]?> reader, List<TopicSpecification> topics)
    {
        var partitions = topics.SelectMany(
            topic => Enumerable.Range(0, topic.NumPartitions).Select(partition => new TopicPartition(topic.Name, partition)));
        try
        {
            reader.OffsetsForTimes(partitions.Select(partition => new TopicPartitionTimestamp(partition, Timestamp.Default)), Timeout);
            return true;
        }
        catch (TopicPartitionOffsetException error)
        {
            // Other errors, such as a missing permission, are reported where the topic is used.
            return !error.Results.Exists(result => result.Error.Code
                is ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable or ErrorCode.UnknownTopicOrPart);
        }
    }

    private static bool IsUsable(TopicMetadata topic) =>
        !topic.Error.IsError && topic.Partitions.Count > 0 && topic.Partitions.TrueForAll(partition => partition.Leader >= 0);

    private TopicSpecification EventsOf(Topic topic) => new()
    {
        Name = clients.NameOf(topic.Name),
        NumPartitions = topic.Partitions,
        ReplicationFactor = (short)clients.Options.ReplicationFactor,
        Configs = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = Milliseconds(topic.Retention),
            // Brokers delete whole segments: with the default length, events would outlive their retention by a week.
            ["segment.ms"] = Milliseconds(SegmentLength(topic)),
        },
    };

    /// <summary>A dead letter stays until it is handled; see <see cref="DeadLetterTopics"/>.</summary>
    private TopicSpecification DeadLettersOf(Topic topic) => new()
    {
        Name = clients.NameOf(DeadLetterTopics.NameOf(topic.Name)),
        NumPartitions = 1,
        ReplicationFactor = (short)clients.Options.ReplicationFactor,
        Configs = new Dictionary<string, string> { ["cleanup.policy"] = "compact" },
    };

    /// <summary>How long a broker may still deliver an event after it was relayed.</summary>
    public static TimeSpan MaxAge(Topic topic) => topic.Retention + SegmentLength(topic);

    private static TimeSpan SegmentLength(Topic topic) => topic.Retention / 7;

    private static string Milliseconds(TimeSpan time) =>
        ((long)time.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture);

    [LoggerMessage(1, LogLevel.Debug, "Creating the topics failed, retrying: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(2, LogLevel.Warning, "Creating the topic {Topic} failed ({Reason}); waiting until it exists")]
    private partial void LogRefused(string topic, string reason);
}
