using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>Section <c>Kafka</c>. Without <see cref="BootstrapServers"/> the bus is embedded.</summary>
public sealed class KafkaOptions : IValidatableObject
{
    /// <summary>The first brokers to contact, as <c>host:port,host:port</c>.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>In Kafka's spelling.</summary>
    [AllowedValues("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL",
        ErrorMessage = "SecurityProtocol is PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.")]
    public string SecurityProtocol { get; set; } = "PLAINTEXT";

    [AllowedValues("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", ErrorMessage = "SaslMechanism is PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.")]
    public string SaslMechanism { get; set; } = "SCRAM-SHA-512";

    public string SaslUsername { get; set; } = "";

    public string SaslPassword { get; set; } = "";

    /// <summary>A PEM file of certificate authorities; empty for those of the system.</summary>
    public string SslCaLocation { get; set; } = "";

    /// <summary>The replication factor of the topics that this program creates; -1 for the brokers' default.</summary>
    [Range(-1, short.MaxValue)]
    public int ReplicationFactor { get; set; } = -1;

    /// <summary>The prefix of every topic and group name, where several installations share a cluster.</summary>
    [RegularExpression("[A-Za-z0-9._-]{0,100}", ErrorMessage = "TopicPrefix takes letters, digits, '.', '_' and '-'.")]
    public string TopicPrefix { get; set; } = "";

    /// <summary>How long a broker may hold a fetch request while there are no events, in milliseconds.</summary>
    [Range(1, 10_000)]
    public int FetchWaitMilliseconds { get; set; } = 500;

    /// <summary>The interval at which a relay polls for events that another replica has committed, in milliseconds.</summary>
    [Range(1, 10_000)]
    public int RelayPollMilliseconds { get; set; } = 20;

    /// <summary>How long the leader of a relay may be silent before another replica takes over, in milliseconds.</summary>
    [Range(100, 60_000)]
    public int RelayLeaseMilliseconds { get; set; } = 4000;

    /// <summary>After how long without heartbeats a consumer is removed and its partitions are reassigned, in milliseconds.</summary>
    [Range(1000, 300_000)]
    public int SessionTimeoutMilliseconds { get; set; } = 10_000;

    internal bool IsSet => BootstrapServers.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ReplicationFactor == 0) yield return new ValidationResult("ReplicationFactor is -1 or at least 1.");
        if (UsesSasl && (SaslUsername.Length == 0 || SaslPassword.Length == 0))
        {
            yield return new ValidationResult($"{SecurityProtocol} asks for SaslUsername and SaslPassword.");
        }
        if (SslCaLocation.Length > 0 && !File.Exists(SslCaLocation))
        {
            yield return new ValidationResult($"SslCaLocation names no file: {SslCaLocation}.");
        }
    }

    /// <summary>The common settings of all clients.</summary>
    internal ClientConfig ToClientConfig()
    {
        var config = new ClientConfig
        {
            BootstrapServers = BootstrapServers,
            ClientId = "bigtech-chat",
            // Reconnects within about a second after the brokers are available, however long they were unavailable.
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 1000,
            // Without an answer from its broker, a request blocks all that follow for this long.
            SocketTimeoutMs = 10_000,
            SocketKeepaliveEnable = true,
            TopicMetadataRefreshIntervalMs = 30_000,
        };
        config.Set("security.protocol", SecurityProtocol);
        if (UsesSasl)
        {
            config.Set("sasl.mechanism", SaslMechanism);
            config.SaslUsername = SaslUsername;
            config.SaslPassword = SaslPassword;
        }
        if (SslCaLocation.Length > 0) config.SslCaLocation = SslCaLocation;
        return config;
    }

    private bool UsesSasl => SecurityProtocol.StartsWith("SASL", StringComparison.Ordinal);
}
