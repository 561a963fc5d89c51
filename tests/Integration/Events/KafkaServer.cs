using BigTech.Tests.Integration.Events;
using BigTech.Tests.Kafka;

[assembly: AssemblyFixture(typeof(KafkaServer))]

namespace BigTech.Tests.Integration.Events;

/// <summary>
/// The brokers that all tests of this assembly share, each under a prefix of its own: those that <c>KAFKA_TEST_BOOTSTRAP</c> names, or a
/// mock cluster.
/// </summary>
public sealed class KafkaServer : IDisposable
{
    private readonly string? _real = Environment.GetEnvironmentVariable("KAFKA_TEST_BOOTSTRAP");
    private readonly Lazy<MockKafka> _mock = new(() => new MockKafka());

    public string BootstrapServers => _real is { Length: > 0 } ? _real : _mock.Value.BootstrapServers;

    /// <summary>The mock cluster, where there is one.</summary>
    public MockKafka? Mock => _real is { Length: > 0 } ? null : _mock.Value;

    public void Dispose()
    {
        if (_mock.IsValueCreated) _mock.Value.Dispose();
    }
}
