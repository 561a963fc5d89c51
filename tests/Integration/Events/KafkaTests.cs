using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Kafka;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.Integration.Events;

/// <summary>The common base of tests of the bus on Kafka: events of rooms, and a consumer group that records them.</summary>
[Engines]
public abstract class KafkaTests
{
    protected const string Group = "consumer";

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected static BusOptions Quick => new() { Attempts = 3, RetryMilliseconds = 1, LongestRetryMilliseconds = 20, BatchSize = 50 };

    /// <summary>A bus on brokers of its own, which a test may disrupt.</summary>
    private protected static KafkaBusFixture On(
        MockKafka kafka, bool withRelay = true, ILoggerFactory? loggers = null, TestEngine engine = TestEngine.Sqlite) =>
        new(kafka.BootstrapServers, kafka, Quick, loggers, withRelay, engine);

    private protected static Subscription Subscription(KafkaBusFixture fixture, Action<MessagesRead, UnitOfWork>? handle = null) =>
        new Subscription(Group, MessagesRead.Topic, fixture.Store(Group)).On(handle ?? Effects.Write);

    private protected static async Task Publish(KafkaBusFixture fixture, long first, int count, int rooms = 1)
    {
        for (var version = first; version < first + count; version++) await Publish(fixture.Producer, version % rooms + 1, version);
    }

    protected static Task Publish(Store producer, long room, long version) =>
        producer.Write(work => work.Append(new MessagesRead(room, version, 7, version, "m")));

    /// <summary>Waits until this many events have taken effect, and asserts that none did so twice.</summary>
    private protected static async Task HandledOnce(KafkaBusFixture fixture, int count)
    {
        await Eventually.Holds(async () => (await Effects.Of(fixture.Store(Group))).Distinct().Count() >= count, $"{count} events handled");
        var effects = await Effects.Of(fixture.Store(Group));
        effects.Count.ShouldBe(count, "every event takes effect once");
        foreach (var room in effects.GroupBy(effect => effect.Room)) room.Select(effect => effect.Version).ShouldBeInOrder();
    }
}
