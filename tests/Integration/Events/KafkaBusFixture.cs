using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Kafka;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Events;

/// <summary>The bus on Kafka, with topics of its own, stores on a real engine and one relay.</summary>
internal sealed class KafkaBusFixture : EventBusFixture
{
    private readonly BusOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly GroupStores _stores;
    private KafkaBus _bus;
    private RunningRelay? _relay;

    public KafkaBusFixture(
        string bootstrapServers, MockKafka? mock, BusOptions options, ILoggerFactory? loggers = null, bool withRelay = true,
        TestEngine engine = TestEngine.Sqlite)
    {
        _stores = new GroupStores(engine);
        _options = options;
        _loggers = loggers ?? NullLoggerFactory.Instance;
        Kafka = new KafkaOptions
        {
            BootstrapServers = bootstrapServers,
            TopicPrefix = $"test-{Guid.NewGuid():N}.",
            // Unlike real brokers, the mock cluster does not wake a waiting fetch when an event arrives.
            FetchWaitMilliseconds = 10,
            RelayLeaseMilliseconds = 1000,
            // The mock cluster delays a member that rejoins by one session timeout; real brokers allow no less than 6 s.
            SessionTimeoutMilliseconds = mock is null ? 6000 : 4000,
        };
        mock?.CreateTopics(Kafka.TopicPrefix);
        _bus = NewBus();
        if (withRelay) _relay = StartRelay(Producer);
    }

    public KafkaOptions Kafka { get; }

    public override IEventBus Bus => _bus;

    public override Store Producer => Store("producer");

    public override Store Store(string group) => _stores.Of(group);

    /// <summary>A group's store, opened by another replica.</summary>
    public Store Replica(string group) => _stores.Replica(group);

    /// <summary>The bus of another process on the same cluster.</summary>
    public KafkaBus NewBus() => new(Kafka, _options, TimeProvider.System, _loggers);

    /// <summary>A relay of the producer's store, in addition to one that may already run.</summary>
    public RunningRelay StartRelay(Store store) => new(_bus.Relay(store, [.. Topics.All.Select(topic => topic.Name)]));

    public override async Task Restart()
    {
        await Stop();
        _stores.Close();
        _bus = NewBus();
        _relay = StartRelay(Producer);
    }

    public override async Task<IReadOnlyList<DeadLetter>> DeadLetters(Subscription subscription) =>
        [.. (await _bus.DeadLetters(subscription, TestContext.Current.CancellationToken))
            .Select(letter => new DeadLetter(letter.Key, letter.Type, letter.Error, letter.Attempts))];

    public override async ValueTask DisposeAsync()
    {
        await Stop();
        _stores.Dispose();
    }

    private async Task Stop()
    {
        if (_relay is not null) await _relay.DisposeAsync();
        _bus.Dispose();
    }
}

/// <summary>A running relay.</summary>
internal sealed class RunningRelay : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public RunningRelay(OutboxRelay relay) => _run = relay.Run(_stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }
}
