using System.Collections.Concurrent;
using System.Diagnostics;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Kafka;
using BigTech.Contracts;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Events;

/// <summary>Failures of brokers, consumers and relays, each test on a mock cluster of its own.</summary>
[Engines]
public sealed class KafkaFaultTests : KafkaTests, IDisposable
{
    // Numbers of Kafka's protocol.
    private const short Produce = 0;
    private const short Fetch = 1;
    private const short ListOffsets = 2;
    private const short OffsetCommit = 8;
    private const int OffsetOutOfRange = 1;
    private const int NotLeaderForPartition = 6;
    private const int TopicAuthorizationFailed = 29;

    private readonly MockKafka _kafka = new();

    public void Dispose() => _kafka.Dispose();

    /// <summary>Makes this many events fail permanently.</summary>
    private static async Task DeadLetters(KafkaBusFixture fixture, int count)
    {
        await Publish(fixture, 1, count);
        await using var consumer = fixture.Bus.Consume(Subscription(fixture, (_, _) => throw new InvalidOperationException("no")));
        await Eventually.Holds(async () => (await fixture.DeadLetters(consumer.Subscription)).Count == count, "dead letters");
    }

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
    public async Task Brokers_that_do_not_lead_new_topics_yet_are_waited_for_without_a_word()
    {
        _kafka.Fail(ListOffsets, NotLeaderForPartition, times: 6);
        var logs = new RecordedLogs();
        await using var fixture = On(_kafka, withRelay: false, loggers: logs);
        await using var tail = fixture.Bus.Follow(MessagesRead.Topic, _ => { }, () => { });
        await using var consumer = fixture.Bus.Consume(Subscription(fixture));

        await Eventually.Ends(tail.Started, "the start of the tail");
        (await consumer.DeadLetters(Ct)).ShouldBe(0);

        logs.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Counting_dead_letters_keeps_none_of_them_in_memory()
    {
        // The mock cluster keeps no more than 5 MB of each topic.
        const int letters = 45;
        const int size = 100_000;
        await using var fixture = On(_kafka, withRelay: false);
        var subscriptions = Topics.All.Select(topic => new Subscription(Group, topic.Name, fixture.Store(Group))).ToList();
        foreach (var subscription in subscriptions) await AddDeadLetters(fixture, subscription, letters, size);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await using var consumers = new AllOf(subscriptions.Select(fixture.Bus.Consume));

        foreach (var consumer in consumers.Consumers) (await consumer.DeadLetters(Ct)).ShouldBe(letters);

        var whole = letters * size * subscriptions.Count;
        await Eventually.Holds(() => GC.GetTotalMemory(forceFullCollection: true) - before < whole / 2, "the letters forgotten");
        foreach (var consumer in consumers.Consumers) (await consumer.DeadLetters(Ct)).ShouldBe(letters);
        (await fixture.DeadLetters(subscriptions[0])).Select(letter => letter.Key).ShouldBe(
            Enumerable.Range(0, letters).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Who_asks_for_dead_letters_of_brokers_that_were_never_there_is_told_so()
    {
        _kafka.GoAway();
        await using var fixture = On(_kafka, withRelay: false);

        (await Should.ThrowAsync<AppError>(() => fixture.DeadLetters(Subscription(fixture)))).Code.ShouldBe("bus_unavailable");
    }

    [Fact]
    public async Task Who_asks_for_dead_letters_of_brokers_that_vanish_in_the_middle_of_the_answer_is_told_so()
    {
        await using var fixture = On(_kafka);
        await DeadLetters(fixture, 3);
        // The brokers report the number of dead letters, and then return none.
        _kafka.Fail(Fetch, NotLeaderForPartition, times: 100_000);
        using var other = fixture.NewBus();

        var asked = Should.ThrowAsync<AppError>(async () => await other.DeadLetters(Subscription(fixture), Ct));

        (await asked.WaitAsync(Patience.Limit, Ct)).Code.ShouldBe("bus_unavailable");
    }

    [Fact]
    public async Task A_list_of_dead_letters_that_takes_long_is_shown_to_its_end()
    {
        const int letters = 24;
        await using var fixture = On(_kafka);
        await DeadLetters(fixture, letters);
        // The mock cluster returns one dead letter per answer: all together take longer than the brokers may be silent.
        _kafka.Delay(TimeSpan.FromMilliseconds(500));
        using var other = fixture.NewBus();

        (await other.DeadLetters(Subscription(fixture), Ct)).Count.ShouldBe(letters);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_consumer_ends_while_the_brokers_are_away(bool hasJoined)
    {
        var logs = new RecordedLogs();
        await using var fixture = On(_kafka, loggers: logs);
        if (!hasJoined) _kafka.GoAway();
        var consumer = fixture.Bus.Consume(Subscription(fixture));
        await Publish(fixture, 1, 20, rooms: 4);
        if (hasJoined)
        {
            await HandledOnce(fixture, 20);
            _kafka.GoAway();
        }
        await Eventually.Holds(() => logs.Count("Kafka unavailable") > 0, "a warning");

        await consumer.DisposeAsync().AsTask().WaitAsync(Patience.Limit, Ct);
    }

    [Fact]
    public async Task A_consumer_ends_while_it_commits_to_brokers_that_are_away()
    {
        await using var fixture = On(_kafka);
        // Between the effect and the commit of its offset.
        var consumer = fixture.Bus.Consume(Subscription(fixture, (e, work) =>
        {
            Effects.Write(e, work);
            work.AfterCommit(_kafka.GoAway);
        }));
        await Publish(fixture, 1, 1);
        await HandledOnce(fixture, 1);

        await consumer.DisposeAsync().AsTask().WaitAsync(Patience.Limit, Ct);
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
    public async Task Brokers_that_take_their_time_change_nothing_but_the_time()
    {
        await using var fixture = On(_kafka);
        await using var consumer = fixture.Bus.Consume(Subscription(fixture));
        _kafka.Delay(TimeSpan.FromMilliseconds(200));
        await Publish(fixture, 1, 60, rooms: 4);
        await HandledOnce(fixture, 60);
    }

    [Fact]
    public async Task Between_the_effect_and_its_offset_a_crash_repeats_nothing()
    {
        await using var fixture = On(_kafka);
        await Publish(fixture, 1, 20, rooms: 4);
        _kafka.Fail(OffsetCommit, TopicAuthorizationFailed, times: 10_000);
        await using (var first = fixture.Bus.Consume(Subscription(fixture)))
        {
            await HandledOnce(fixture, 20);
            (await first.Lag(Ct)).ShouldBe(20, "no offset was committed");
        }
        _kafka.FailNoMore(OffsetCommit);

        await using var second = fixture.Bus.Consume(Subscription(fixture));

        await Publish(fixture, 21, 4, rooms: 4);
        await HandledOnce(fixture, 24);
        await Eventually.Holds(async () => await second.Lag(Ct) == 0, "all offsets committed");
        await HandledOnce(fixture, 24);
    }

    [Fact]
    public async Task A_rebalance_in_the_middle_of_a_batch_neither_loses_nor_repeats()
    {
        const int rooms = 20;
        await using var fixture = On(_kafka);
        using var otherBus = fixture.NewBus();
        var isHeld = new TaskCompletionSource();
        var mayGoOn = new TaskCompletionSource();
        await Publish(fixture, 1, 100, rooms);
        await using var one = fixture.Bus.Consume(InBatches(fixture, async () =>
        {
            isHeld.TrySetResult();
            await mayGoOn.Task;
        }));
        await isHeld.Task.WaitAsync(Patience.Limit, Ct);

        // The second member gets half of the partitions while the first one handles their events.
        var seenByTwo = 0;
        var two = otherBus.Consume(InBatches(fixture, () =>
        {
            Interlocked.Increment(ref seenByTwo);
            return Task.CompletedTask;
        }));
        await Eventually.Holds(() => Volatile.Read(ref seenByTwo) > 0, "the second member at work");
        mayGoOn.SetResult();
        await HandledOnce(fixture, 100);
        await Publish(fixture, 101, 40, rooms);
        await HandledOnce(fixture, 140);

        await two.DisposeAsync();
        await Publish(fixture, 141, 40, rooms);
        await HandledOnce(fixture, 180);
        await Eventually.Holds(async () => await one.Lag(Ct) == 0, "all offsets committed");
    }

    [Fact]
    public async Task A_consumer_that_works_for_long_stays_in_its_group()
    {
        await using var fixture = On(_kafka);
        using var otherBus = fixture.NewBus();
        var (isLong, calls, published) = (false, 0, 0);
        var batches = new int[2];
        await using var one = fixture.Bus.Consume(Member(0));
        await using var two = otherBus.Consume(Member(1));
        await Eventually.Holds(async () =>
        {
            await Publish(fixture, ++published, 1, rooms: 20);
            return batches.All(count => count > 0);
        }, "two members at work");
        await HandledOnce(fixture, published);

        Volatile.Write(ref isLong, true);
        await Publish(fixture, published + 1, 1);

        await HandledOnce(fixture, published + 1);
        await Eventually.Holds(async () => await one.Lag(Ct) == 0, "the offset committed");
        Volatile.Read(ref calls).ShouldBe(1);

        // Three sessions: longer than a session, and longer than a member may go without a poll before a rebalance. A member that counts as
        // dead meanwhile loses the event to the other member.
        Subscription Member(int member) => InBatches(fixture, async () =>
        {
            batches[member]++;
            if (!Volatile.Read(ref isLong)) return;
            Interlocked.Increment(ref calls);
            var since = Stopwatch.GetTimestamp();
            var sessions = TimeSpan.FromMilliseconds(3 * fixture.Kafka.SessionTimeoutMilliseconds);
            await Eventually.Holds(() => Volatile.Read(ref calls) > 1 || Stopwatch.GetElapsedTime(since) >= sessions, "three sessions");
        });
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
        Wire.Read(fixture, MessagesRead.Topic, 44).Count.ShouldBe(44);
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
        await using var second = fixture.StartRelay(fixture.Producer);
        await Publish(fixture, 11, 10, rooms: 4);
        await HandledOnce(fixture, 20);
        var owner = await Owner(fixture);

        // Without its store it cannot release the lease.
        replica.Dispose();
        await first.DisposeAsync();
        (await Owner(fixture)).ShouldBe(owner);
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
        var (here, there) = TestSignals.Pair();
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

    [Fact]
    public async Task A_tail_goes_on_where_it_was_after_an_interruption()
    {
        await using var fixture = On(_kafka);
        var (seen, gaps) = (new ConcurrentQueue<long>(), 0);
        await using var tail = fixture.Bus.Follow(
            MessagesRead.Topic, e => seen.Enqueue(VersionOf(e)), () => Interlocked.Increment(ref gaps));
        await tail.Started.WaitAsync(Patience.Limit, Ct);

        _kafka.GoAway();
        await Publish(fixture, 1, 10);
        _kafka.ComeBack();
        await Publish(fixture, 11, 10);

        await Eventually.Holds(() => seen.Count >= 20, "all events on the tail");
        seen.ShouldBe(Enumerable.Range(1, 20).Select(i => (long)i));
        Volatile.Read(ref gaps).ShouldBe(0);
    }

    [Fact]
    public async Task A_tail_that_has_lost_its_place_says_so_and_goes_on()
    {
        await using var fixture = On(_kafka);
        var (seen, gaps) = (new ConcurrentQueue<long>(), 0);
        await using var tail = fixture.Bus.Follow(
            MessagesRead.Topic, e => seen.Enqueue(VersionOf(e)), () => Interlocked.Increment(ref gaps));
        await tail.Started.WaitAsync(Patience.Limit, Ct);
        await Publish(fixture, 1, 1);
        await Eventually.Holds(() => seen.Count == 1, "an event on the tail");

        _kafka.Fail(Fetch, OffsetOutOfRange, times: 3);
        await Eventually.Holds(() => Volatile.Read(ref gaps) > 0, "the gap");
        _kafka.FailNoMore(Fetch);
        await Eventually.Holds(async () =>
        {
            // One more each time: events from while it finds a new position are only in the store, as the gap reports.
            await Publish(fixture, seen.Count + 100, 1);
            return seen.Count > 2;
        }, "events after the gap");
    }

    [Fact]
    public async Task A_tail_whose_brokers_refuse_it_for_a_while_goes_on_where_it_was()
    {
        var logs = new RecordedLogs();
        await using var fixture = On(_kafka, loggers: logs);
        var (seen, gaps) = (new ConcurrentQueue<long>(), 0);
        await using var tail = fixture.Bus.Follow(
            MessagesRead.Topic, e => seen.Enqueue(VersionOf(e)), () => Interlocked.Increment(ref gaps));
        await tail.Started.WaitAsync(Patience.Limit, Ct);

        _kafka.Fail(Fetch, TopicAuthorizationFailed, times: 100);
        await Eventually.Holds(() => logs.Count("Following ") > 0, "a refusal");
        await Publish(fixture, 1, 10);
        _kafka.FailNoMore(Fetch);

        await Eventually.Holds(() => seen.Count >= 10, "all events on the tail");
        seen.ShouldBe(Enumerable.Range(1, 10).Select(i => (long)i));
        Volatile.Read(ref gaps).ShouldBe(0);
    }

    private static long VersionOf(EventEnvelope e) => e.Is<MessagesRead>(out var read) ? read.Version : 0;

    private static ValueTask<string?> Owner(KafkaBusFixture fixture) =>
        fixture.Producer.Read(reader => reader.First<string>("SELECT owner FROM leases WHERE name = 'relay'"), Ct);

    private static Subscription InBatches(KafkaBusFixture fixture, Func<Task> before) =>
        new Subscription(Group, MessagesRead.Topic, fixture.Store(Group)).InBatches(async (envelopes, _) =>
        {
            await before();
            return work =>
            {
                foreach (var envelope in envelopes)
                {
                    if (envelope.Is<MessagesRead>(out var e)) Effects.Write(e, work);
                }
            };
        });

    private sealed class AllOf(IEnumerable<IConsumer> consumers) : IAsyncDisposable
    {
        public List<IConsumer> Consumers { get; } = [.. consumers];

        public async ValueTask DisposeAsync()
        {
            foreach (var consumer in Consumers) await consumer.DisposeAsync();
        }
    }

    private static async Task AddDeadLetters(KafkaBusFixture fixture, Subscription subscription, int letters, int size)
    {
        var clients = new KafkaClients(fixture.Kafka, NullLogger<KafkaClients>.Instance);
        using var topics = new KafkaTopics(clients, TimeProvider.System, NullLogger<KafkaTopics>.Instance);
        using var deadLetters = new DeadLetterTopics(clients, topics, TimeProvider.System);
        for (var i = 0; i < letters; i++)
        {
            var e = new EventEnvelope(i, subscription.Topic, $"{i}", $"event-{i}", "type", DateTimeOffset.UnixEpoch, null, new byte[size]);
            await deadLetters.Add(subscription, e, partition: 0, new InvalidOperationException("no"), attempts: 3);
        }
    }
}
