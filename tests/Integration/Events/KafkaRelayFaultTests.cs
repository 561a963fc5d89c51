using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Kafka;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Events;

/// <summary>Failures of brokers and of relays: what is in the outbox arrives.</summary>
[Engines]
public sealed class KafkaRelayFaultTests : KafkaFaults
{
    [Fact]
    public async Task While_the_brokers_are_away_events_wait_in_the_outbox_and_then_all_arrive_once()
    {
        var logs = new RecordedLogs();
        await using var fixture = On(_kafka, loggers: logs);
        await using var consumer = fixture.Bus.Consume(Subscription(fixture));
        await Publish(fixture, 1, 20, rooms: 4);
        await HandledOnce(fixture, 20);
        var topic = new PublishedTopic(MessagesRead.Topic, fixture.Producer);
        await Eventually.Holds(async () => await fixture.Bus.LowWatermark(topic, Ct) == 20, "the position behind what was acknowledged");

        _kafka.GoAway();
        await Publish(fixture, 21, 30, rooms: 4);
        await Eventually.Holds(() => logs.Count("Kafka unavailable") > 0, "a warning");
        (await fixture.Bus.LowWatermark(topic, Ct)).ShouldBe(20);
        _kafka.ComeBack();

        await HandledOnce(fixture, 50);
        await Eventually.Holds(async () => await fixture.Bus.LowWatermark(topic, Ct) == 50, "the outbox relayed");
        // One client may notice that the brokers are available before another has noticed the failure.
        logs.Count("Kafka unavailable").ShouldBeInRange(1, 3, "a warning, not a flood");
        await Eventually.Holds(() => logs.Count("Kafka connected") >= 1, "the all-clear");
    }

    [Fact]
    public async Task What_the_brokers_refuse_for_a_while_is_sent_again_and_none_left_out()
    {
        var logs = new RecordedLogs();
        await using var fixture = On(_kafka, withRelay: false, loggers: logs);
        await using var consumer = fixture.Bus.Consume(Subscription(fixture));
        await Publish(fixture, 1, 10);
        _kafka.Fail(Produce, TopicAuthorizationFailed, times: 2);

        await using var relay = fixture.StartRelay(fixture.Producer);

        await Eventually.Holds(() => logs.Count("Relaying the outbox") > 0, "a refusal");
        await Publish(fixture, 11, 10);
        await HandledOnce(fixture, 20);
    }

    [Fact]
    public async Task A_relay_that_starts_again_before_its_position_is_written_repeats_on_the_wire_and_nowhere_else()
    {
        await using var fixture = On(_kafka, withRelay: false);
        await using var consumer = fixture.Bus.Consume(Subscription(fixture));
        await Publish(fixture, 1, 20, rooms: 4);
        await using (fixture.StartRelay(fixture.Producer)) await HandledOnce(fixture, 20);
        await fixture.Producer.Write(work => work.Execute("UPDATE relay_positions SET position = 0"));

        await using var again = fixture.StartRelay(fixture.Producer);
        await Publish(fixture, 21, 4, rooms: 4);

        await HandledOnce(fixture, 24);
        await Eventually.Holds(async () => await consumer.Lag(Ct) == 0, "everything handled");
        await HandledOnce(fixture, 24);
        KafkaRecords.Read(fixture, MessagesRead.Topic, 44).Count.ShouldBe(44);
    }

    [Fact]
    public async Task Of_two_replicas_one_relays_and_when_it_dies_the_other_takes_over()
    {
        await using var fixture = On(_kafka, withRelay: false, engine: TestEngine.MariaDb);
        await using var consumer = fixture.Bus.Consume(Subscription(fixture));
        var replica = fixture.Replica("producer");
        var first = fixture.StartRelay(replica);
        await Publish(fixture, 1, 10, rooms: 4);
        await HandledOnce(fixture, 10);
        var owner = await Owner(fixture);
        await using var second = fixture.StartRelay(fixture.Producer);
        await Publish(fixture, 11, 10, rooms: 4);
        await HandledOnce(fixture, 20);

        // Without its store it cannot release the lease: the other waits for its end, unless a busy machine has ended it before.
        replica.Dispose();
        await first.DisposeAsync();
        await Publish(fixture, 21, 20, rooms: 4);

        await HandledOnce(fixture, 40);
        (await Owner(fixture)).ShouldNotBe(owner);
    }

    [Fact]
    public async Task What_a_replica_commits_that_does_not_relay_is_relayed_when_it_says_so()
    {
        await using var fixture = On(_kafka, withRelay: false, engine: TestEngine.MariaDb);
        // Polling never finds an event.
        fixture.Kafka.RelayPollMilliseconds = 3_600_000;
        await using var consumer = fixture.Bus.Consume(Subscription(fixture));
        var (here, there) = TestBackplane.Pair();
        using var replica = fixture.Replica("producer");
        using KafkaBus hereBus = fixture.NewBus(), thereBus = fixture.NewBus();
        using var relaying = new RelayHost(hereBus, here, [new PublishedTopic(MessagesRead.Topic, replica)]);
        using var standby = new RelayHost(thereBus, there, [new PublishedTopic(MessagesRead.Topic, fixture.Producer)]);
        await relaying.StartAsync(Ct);
        await Publish(replica, 1, 1);
        await HandledOnce(fixture, 1);
        await standby.StartAsync(Ct);

        await Publish(fixture.Producer, 1, 2);
        await HandledOnce(fixture, 2);
        await Publish(fixture.Producer, 1, 3);
        await HandledOnce(fixture, 3);

        await standby.StopAsync(Ct);
        await relaying.StopAsync(Ct);
    }

    [Fact]
    public async Task A_relay_that_stops_hands_over_what_it_was_given()
    {
        await using var fixture = On(_kafka, withRelay: false);
        var relay = fixture.StartRelay(fixture.Producer);
        await Publish(fixture, 1, 50);
        await Eventually.Holds(async () => await Owner(fixture) != "", "a relay at work");

        await relay.DisposeAsync();

        (await fixture.Bus.LowWatermark(new PublishedTopic(MessagesRead.Topic, fixture.Producer), Ct)).ShouldBe(50);
        (await Owner(fixture)).ShouldBe("");
    }

    private static ValueTask<string?> Owner(KafkaBusFixture fixture) =>
        fixture.Producer.Read(reader => reader.First<string>("SELECT owner FROM leases WHERE name = 'relay'"), Ct);
}
