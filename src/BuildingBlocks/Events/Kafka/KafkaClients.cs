using Confluent.Kafka;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>Creates the clients of one cluster with common settings, and logs when the cluster becomes unavailable and available.</summary>
internal sealed partial class KafkaClients
{
    private readonly ClientConfig _common;
    private readonly ILogger _logger;
    private int _isUnavailable;

    public KafkaClients(KafkaOptions options, ILogger<KafkaClients> logger)
    {
        Options = options;
        _common = options.ToClientConfig();
        _logger = logger;
    }

    public KafkaOptions Options { get; }

    /// <summary>A topic's name on the cluster.</summary>
    public string NameOf(string topic) => Options.TopicPrefix + topic;

    /// <summary>A producer that keeps the order, whose retries write no duplicates, and that waits for unavailable brokers.</summary>
    public IProducer<string, byte[]> RelayProducer()
    {
        var config = ReliableProducer();
        // No timeout: a message that timed out would leave a gap before the next one of its key.
        config.MessageTimeoutMs = 0;
        config.EnableGaplessGuarantee = true;
        return Build(config);
    }

    /// <summary>
    /// For single messages whose sender needs to know soon that the brokers are unavailable. They are keyed and their topics compacted, so
    /// a duplicate is harmless; without idempotence, no error is fatal to the producer.
    /// </summary>
    public IProducer<string, byte[]?> DeadLetterProducer()
    {
        var config = ReliableProducer();
        config.EnableIdempotence = false;
        config.MessageTimeoutMs = 5000;
        return new ProducerBuilder<string, byte[]?>(config)
            .SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, line) => Note(line)).Build();
    }

    /// <summary>A consumer with the common settings; <paramref name="configure"/> overrides some.</summary>
    public ConsumerBuilder<string, byte[]?> Consumer(string groupId, Action<ConsumerConfig>? configure = null)
    {
        var config = new ConsumerConfig(Copy())
        {
            GroupId = Options.TopicPrefix + groupId,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            // When a member joins or leaves, only the partitions that are reassigned pause.
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            FetchWaitMaxMs = Options.FetchWaitMilliseconds,
            FetchErrorBackoffMs = 100,
            SessionTimeoutMs = Options.SessionTimeoutMilliseconds,
            HeartbeatIntervalMs = Options.SessionTimeoutMilliseconds / 4,
            // Limits the memory for events that a consumer fetches ahead of its handler.
            QueuedMaxMessagesKbytes = 16 * 1024,
        };
        configure?.Invoke(config);
        return new ConsumerBuilder<string, byte[]?>(config)
            .SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, line) => Note(line));
    }

    public IAdminClient Admin() =>
        new AdminClientBuilder(Copy()).SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, line) => Note(line)).Build();

    /// <summary>Reports an answer of the cluster.</summary>
    public void NoteAnswer()
    {
        if (Volatile.Read(ref _isUnavailable) == 1 && Interlocked.Exchange(ref _isUnavailable, 0) == 1) LogConnected();
    }

    private ProducerConfig ReliableProducer() => new(Copy())
    {
        EnableIdempotence = true,
        Acks = Acks.All,
        LingerMs = 1,
        // The partitioner of the Java client, so that other clients map a key to the same partition.
        Partitioner = Partitioner.Murmur2Random,
    };

    private IProducer<string, byte[]> Build(ProducerConfig config) =>
        new ProducerBuilder<string,
        byte[]>(config).SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, line) => Note(line)).Build();

    // A client keeps its settings object and adds to it, so each gets a copy.
    private Dictionary<string, string> Copy() => _common.ToDictionary(setting => setting.Key, setting => setting.Value);

    /// <summary>Logs one warning for all clients when the cluster becomes unavailable: they report it every second.</summary>
    private void Note(Error error)
    {
        if (error.Code == ErrorCode.Local_AllBrokersDown)
        {
            if (Interlocked.Exchange(ref _isUnavailable, 1) == 0) LogUnavailable(Options.BootstrapServers, error.Reason);
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

    private void Note(LogMessage line)
    {
        if (line.Facility == "SESSTMOUT") LogSessionExpired(line.Message);
        else LogClientLine(line.Facility, line.Message);
    }

    [LoggerMessage(1, LogLevel.Warning, "Kafka unavailable at {Servers}: {Reason}. Events wait in the outbox")]
    private partial void LogUnavailable(string servers, string reason);

    [LoggerMessage(2, LogLevel.Information, "Kafka connected")]
    private partial void LogConnected();

    [LoggerMessage(3, LogLevel.Warning, "Fatal error of a Kafka client, replacing it: {Reason}")]
    private partial void LogFatal(string reason);

    [LoggerMessage(4, LogLevel.Debug, "Kafka: {Reason}")]
    private partial void LogClientError(string reason);

    [LoggerMessage(5, LogLevel.Debug, "Kafka {Facility}: {Line}")]
    private partial void LogClientLine(string facility, string line);

    [LoggerMessage(6, LogLevel.Warning, "Kafka session of a consumer expired: {Reason}")]
    private partial void LogSessionExpired(string reason);
}
