using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace BigTech.Platform.Events.Kafka;

/// <summary>Makes the clients of one cluster, all with the same settings, and tells the log when the cluster goes away and comes back.</summary>
internal sealed partial class KafkaClients
{
    private readonly ClientConfig _common;
    private readonly ILogger _logger;
    private int _isAway;

    public KafkaClients(KafkaOptions options, ILogger<KafkaClients> logger)
    {
        Options = options;
        _common = options.ToClientConfig();
        _logger = logger;
    }

    public KafkaOptions Options { get; }

    /// <summary>A topic's name on the cluster.</summary>
    public string NameOf(string topic) => Options.TopicPrefix + topic;

    /// <summary>A producer that keeps the order, writes nothing twice by its own retries, and does not give up while the brokers are away.</summary>
    public IProducer<string, byte[]> RelayProducer()
    {
        var config = ReliableProducer();
        // Events wait for the brokers as long as it takes: a message that timed out would leave a hole before the next one of its key.
        config.MessageTimeoutMs = 0;
        config.EnableGaplessGuarantee = true;
        return Build(config);
    }

    /// <summary>
    /// For single messages whose sender wants to know soon that the brokers are away. They are keyed and their topics compacted, so one that
    /// is written twice is harmless; and without idempotence nothing that goes wrong is fatal to the producer.
    /// </summary>
    public IProducer<string, byte[]?> DeadLetterProducer()
    {
        var config = ReliableProducer();
        config.EnableIdempotence = false;
        config.MessageTimeoutMs = 5000;
        return new ProducerBuilder<string, byte[]?>(config).SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, line) => Note(line)).Build();
    }

    /// <summary>A consumer with the settings that all have in common; <paramref name="configure"/> changes some.</summary>
    public ConsumerBuilder<string, byte[]?> Consumer(string groupId, Action<ConsumerConfig>? configure = null)
    {
        var config = new ConsumerConfig(Copy())
        {
            GroupId = Options.TopicPrefix + groupId,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            // A member that comes or goes stops only the partitions that change hands.
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            FetchWaitMaxMs = Options.FetchWaitMilliseconds,
            FetchErrorBackoffMs = 100,
            SessionTimeoutMs = Options.SessionTimeoutMilliseconds,
            HeartbeatIntervalMs = Options.SessionTimeoutMilliseconds / 4,
            // What one consumer holds in memory ahead of its handler.
            QueuedMaxMessagesKbytes = 16 * 1024,
        };
        configure?.Invoke(config);
        return new ConsumerBuilder<string, byte[]?>(config).SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, line) => Note(line));
    }

    public IAdminClient Admin() =>
        new AdminClientBuilder(Copy()).SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, line) => Note(line)).Build();

    /// <summary>The cluster has answered.</summary>
    public void NoteAnswer()
    {
        if (Volatile.Read(ref _isAway) == 1 && Interlocked.Exchange(ref _isAway, 0) == 1) LogBack();
    }

    private ProducerConfig ReliableProducer() => new(Copy())
    {
        EnableIdempotence = true,
        Acks = Acks.All,
        LingerMs = 1,
        // The partition of a key is the one that every other client of Kafka would choose.
        Partitioner = Partitioner.Murmur2Random,
    };

    private IProducer<string, byte[]> Build(ProducerConfig config) =>
        new ProducerBuilder<string, byte[]>(config).SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, line) => Note(line)).Build();

    // A client takes its settings over and adds its own, so each gets a copy.
    private Dictionary<string, string> Copy() => _common.ToDictionary(setting => setting.Key, setting => setting.Value);

    /// <summary>One warning for all clients when the cluster goes away: they would repeat it every second.</summary>
    private void Note(Error error)
    {
        if (error.Code == ErrorCode.Local_AllBrokersDown)
        {
            if (Interlocked.Exchange(ref _isAway, 1) == 0) LogAway(Options.BootstrapServers, error.Reason);
        }
        else if (error.IsFatal)
        {
            LogFatal(error.Reason);
        }
        else
        {
            LogClientError(error.Reason);
        }
    }

    private void Note(LogMessage line) => LogClientLine(line.Facility, line.Message);

    [LoggerMessage(1, LogLevel.Warning, "Kafka unavailable at {Servers}: {Reason}. Events wait in the outbox")]
    private partial void LogAway(string servers, string reason);

    [LoggerMessage(2, LogLevel.Information, "Kafka connected")]
    private partial void LogBack();

    [LoggerMessage(3, LogLevel.Warning, "Fatal error of a Kafka client, replacing it: {Reason}")]
    private partial void LogFatal(string reason);

    [LoggerMessage(4, LogLevel.Debug, "Kafka: {Reason}")]
    private partial void LogClientError(string reason);

    [LoggerMessage(5, LogLevel.Debug, "Kafka {Facility}: {Line}")]
    private partial void LogClientLine(string facility, string line);
}
