using System.Collections.Concurrent;
using System.Diagnostics;
using BigTech.BuildingBlocks.Events;
using BigTech.Contracts.Chat;

namespace BigTech.Tests.Integration.Events;

/// <summary>Failures of brokers and of members of a group, as consumers and followers see them.</summary>
[Engines]
public sealed class KafkaConsumerFaultTests : KafkaFaults
{
    [Fact]
    public async Task Brokers_that_do_not_lead_new_topics_yet_are_waited_for_without_a_word()
    {
        _kafka.Fail(ListOffsets, NotLeaderForPartition, times: 6);
        var logs = new RecordedLogs();
        await using var fixture = On(_kafka, withRelay: false, loggers: logs);
        await using var follower = fixture.Bus.Follow(MessagesRead.Topic, _ => { }, () => { });
        await using var consumer = fixture.Bus.Consume(Subscription(fixture));

        await Eventually.Ends(follower.Started, "the start of the follower");
        (await consumer.DeadLetters(Ct)).ShouldBe(0);

        logs.Lines.ShouldBeEmpty();
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
    public async Task A_tail_goes_on_where_it_was_after_an_interruption()
    {
        await using var fixture = On(_kafka);
        var (seen, gaps) = (new ConcurrentQueue<long>(), 0);
        await using var follower = fixture.Bus.Follow(
            MessagesRead.Topic, e => seen.Enqueue(VersionOf(e)), () => Interlocked.Increment(ref gaps));
        await follower.Started.WaitAsync(Patience.Limit, Ct);

        _kafka.GoAway();
        await Publish(fixture, 1, 10);
        _kafka.ComeBack();
        await Publish(fixture, 11, 10);

        await Eventually.Holds(() => seen.Count >= 20, "all events on the follower");
        seen.ShouldBe(Enumerable.Range(1, 20).Select(i => (long)i));
        Volatile.Read(ref gaps).ShouldBe(0);
    }

    [Fact]
    public async Task A_tail_that_has_lost_its_place_says_so_and_goes_on()
    {
        await using var fixture = On(_kafka);
        var (seen, gaps) = (new ConcurrentQueue<long>(), 0);
        await using var follower = fixture.Bus.Follow(
            MessagesRead.Topic, e => seen.Enqueue(VersionOf(e)), () => Interlocked.Increment(ref gaps));
        await follower.Started.WaitAsync(Patience.Limit, Ct);
        await Publish(fixture, 1, 1);
        await Eventually.Holds(() => seen.Count == 1, "an event on the follower");

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
        await using var follower = fixture.Bus.Follow(
            MessagesRead.Topic, e => seen.Enqueue(VersionOf(e)), () => Interlocked.Increment(ref gaps));
        await follower.Started.WaitAsync(Patience.Limit, Ct);

        _kafka.Fail(Fetch, TopicAuthorizationFailed, times: 100);
        await Eventually.Holds(() => logs.Count("Following ") > 0, "a refusal");
        await Publish(fixture, 1, 10);
        _kafka.FailNoMore(Fetch);

        await Eventually.Holds(() => seen.Count >= 10, "all events on the follower");
        seen.ShouldBe(Enumerable.Range(1, 10).Select(i => (long)i));
        Volatile.Read(ref gaps).ShouldBe(0);
    }

    private static long VersionOf(EventEnvelope e) => e.Is<MessagesRead>(out var read) ? read.Version : 0;

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
}
