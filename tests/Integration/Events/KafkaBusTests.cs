using BigTech.BuildingBlocks.Events;

namespace BigTech.Tests.Integration.Events;

/// <summary>The bus on Kafka fulfils the contract.</summary>
[Engines]
public sealed class KafkaBusTests(KafkaServer kafka) : EventBusContract
{
    protected override int MaxStops => 10;

    protected override Task<EventBusFixture> NewFixture(BusOptions options) =>
        Task.FromResult<EventBusFixture>(new KafkaBusFixture(kafka.BootstrapServers, kafka.Mock, options));
}
