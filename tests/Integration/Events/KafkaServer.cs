using BigTech.Tests.Integration.Events;
using BigTech.Tests.Kafka;

[assembly: AssemblyFixture(typeof(KafkaServer))]

namespace BigTech.Tests.Integration.Events;

/// <summary>
/// The brokers that all tests of this assembly share, each test with a topic prefix of its own: those of <c>KAFKA_TEST_BOOTSTRAP</c>, or a
/// mock cluster.
/// </summary>
public sealed class KafkaServer : IDisposable
{
    private readonly string? _real = Environment.GetEnvironmentVariable("KAFKA_TEST_BOOTSTRAP");
    private readonly Lazy<MockKafka> _mock = new(() => new MockKafka());

    public string BootstrapServers => _real is { Length: > 0 } ? _real : _mock.Value.BootstrapServers;

    /// <summary>The mock cluster; null with real brokers.</summary>
    public MockKafka? Mock => _real is { Length: > 0 } ? null : _mock.Value;

    public void Dispose()
    {
        if (_mock.IsValueCreated) _mock.Value.Dispose();
    }
}
