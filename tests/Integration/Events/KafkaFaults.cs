using BigTech.Tests.Kafka;

namespace BigTech.Tests.Integration.Events;

/// <summary>The common base of tests of failures of Kafka, each on a mock cluster of its own.</summary>
public abstract class KafkaFaults : KafkaTests, IDisposable
{
    // Numbers of Kafka's protocol.
    protected const short Produce = 0;
    protected const short Fetch = 1;
    protected const short ListOffsets = 2;
    protected const short OffsetCommit = 8;
    protected const int OffsetOutOfRange = 1;
    protected const int NotLeaderForPartition = 6;
    protected const int TopicAuthorizationFailed = 29;

    private protected readonly MockKafka _kafka = new();

    public void Dispose()
    {
        _kafka.Dispose();
        GC.SuppressFinalize(this);
    }
}
