using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Embedded;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts;
using BigTech.Contracts.Chat;

namespace BigTech.Tests.Integration.Events;

/// <summary>What the embedded bus guarantees beyond the contract: effect and offset are one transaction.</summary>
public sealed class EmbeddedBusTests() : EventBusTests(options => new EmbeddedBusFixture(options))
{
    [Fact]
    public async Task Every_event_takes_effect_exactly_once_whatever_fails_in_between()
    {
        await using var fixture = NewFixture(Quick);
        var failures = 0;
        for (var round = 0; round < 4; round++)
        {
            await Publish(fixture, round * 50 + 1, 50);
            await using (Consume(fixture, FailNowAndThen)) await Handled(fixture, (round + 1) * 50 - 10);
            await fixture.Restart();
        }
        await using var last = Consume(fixture);
        await Handled(fixture, 200);

        Volatile.Read(ref failures).ShouldBeGreaterThan(10);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).ShouldBe(Numbers(1, 200));

        void FailNowAndThen(MessagesRead e, UnitOfWork work)
        {
            Effects.Write(e, work);
            // Every second attempt at such an event fails after its effect.
            if (e.Version % 7 == 0 && Interlocked.Increment(ref failures) % 2 == 1) throw new IOException("the power went");
        }
    }

    [Fact]
    public async Task What_a_crash_leaves_on_the_disk_has_as_many_effects_as_the_offset_says()
    {
        await using var fixture = new EmbeddedBusFixture(new BusOptions { BatchSize = 5 });
        await Publish(fixture, 1, 300);
        var seen = 0;
        await using (Consume(fixture))
        {
            await Eventually.Holds(async () =>
            {
                var (offset, effects) = await Progress(fixture.Store(Group));
                offset.ShouldBe(effects);
                if (effects is > 0 and < 300) seen++;
                return effects == 300;
            }, "300 events handled");
        }
        using var folder = new TemporaryFolder();
        using var crashed = fixture.Crashed(Group, folder);
        (await Progress(crashed)).ShouldBe((300, 300));
    }

    [Fact]
    public async Task A_crashed_consumer_goes_on_from_its_files()
    {
        await using var fixture = new EmbeddedBusFixture(new BusOptions { BatchSize = 5 });
        await Publish(fixture, 1, 200);
        using var folder = new TemporaryFolder();
        Store crashed;
        await using (Consume(fixture, (e, work) =>
        {
            Effects.Write(e, work);
            if (e.Version == 100) HoldUntilCopied.Wait(Patience.Limit);
        }))
        {
            await Handled(fixture, 95);
            crashed = fixture.Crashed(Group, folder);
            HoldUntilCopied.Set();
        }
        using (crashed)
        {
            var effects = (await Effects.Of(crashed)).Count;
            effects.ShouldBeInRange(95, 99);
            await using var consumer = fixture.Bus.Consume(
                new Subscription(Group, MessagesRead.Topic, crashed).On<MessagesRead>(Effects.Write));
            await Eventually.Holds(async () => (await Effects.Of(crashed)).Count >= 200, "the rest");
            (await Effects.Of(crashed)).Select(effect => effect.Version).ShouldBe(Numbers(1, 200));
        }
    }

    [Fact]
    public async Task With_a_pace_what_comes_meanwhile_shares_a_transaction_and_the_first_after_a_silence_does_not_wait()
    {
        var time = new ManualTime();
        await using var fixture = new EmbeddedBusFixture(Quick, time);
        var batches = new System.Collections.Concurrent.ConcurrentQueue<int>();
        await using var consumer = ConsumeInBatches(fixture, (events, work) =>
        {
            foreach (var e in events) Effects.Write(e, work);
            batches.Enqueue(events.Count);
        }, pace: TimeSpan.FromSeconds(1));

        await Publish(fixture, 1, 1);
        await Handled(fixture, 1);
        await Publish(fixture, 2, 5);
        await Eventually.Holds(() => time.Timers > 0, "the consumer keeps its pace");
        (await Effects.Of(fixture.Store(Group))).Count.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(1));
        await Handled(fixture, 6);
        batches.ShouldBe([1, 5]);

        await Eventually.Holds(() => time.Timers > 0, "the consumer keeps its pace");
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.Holds(() => time.Timers == 0, "the silence");
        await Publish(fixture, 7, 1);
        await Handled(fixture, 7);
    }

    [Fact]
    public async Task A_backlog_of_whole_batches_does_not_wait_for_the_pace()
    {
        await using var fixture = new EmbeddedBusFixture(Quick, new ManualTime());
        await Publish(fixture, 1, 200);

        await using var consumer = ConsumeInBatches(fixture, (events, work) =>
        {
            foreach (var e in events) Effects.Write(e, work);
        }, pace: TimeSpan.FromHours(1));

        await Handled(fixture, 200);
    }

    [Fact]
    public async Task A_tail_that_cannot_read_its_log_for_a_while_goes_on_where_it_was()
    {
        var time = new ManualTime();
        await using var fixture = new EmbeddedBusFixture(Quick, time);
        var (seen, gaps) = (new System.Collections.Concurrent.ConcurrentQueue<long>(), 0);
        await using var follower = fixture.Bus.Follow(
            MessagesRead.Topic, e => seen.Enqueue(e.Is<MessagesRead>(out var read) ? read.Version : 0),
            () => Interlocked.Increment(ref gaps));
        await follower.Started.WaitAsync(Patience.Limit, Ct);

        // Its commit wakes the follower of a log table that does not exist any more.
        await fixture.Producer.Write(work =>
        {
            work.Append(new MessagesRead(1, 1, 7, 1, "m"));
            work.Execute("ALTER TABLE outbox RENAME TO hidden");
        });
        await Eventually.Holds(() => time.Timers > 0, "the pause before it tries again");
        await fixture.Producer.Write(work => work.Execute("ALTER TABLE hidden RENAME TO outbox"));
        await Publish(fixture, 2, 2);
        time.Advance(TimeSpan.FromMinutes(1));

        await Eventually.Holds(() => seen.Count >= 3, "all events on the follower");
        seen.ShouldBe(Numbers(1, 3));
        Volatile.Read(ref gaps).ShouldBe(0);
    }

    [Fact]
    public async Task A_topic_that_no_store_here_publishes_cannot_be_consumed()
    {
        await using var fixture = new EmbeddedBusFixture(Quick);
        var bus = new EmbeddedBus(
            new Dictionary<string, EventLog>(), [], Microsoft.Extensions.Options.Options.Create(Quick), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        Should.Throw<ArgumentException>(() => bus.Consume(new Subscription(Group, Topics.Message, fixture.Store(Group))));
    }

    [Fact]
    public async Task A_handler_for_an_event_of_another_topic_is_a_mistake()
    {
        await using var fixture = new EmbeddedBusFixture(Quick);
        Should.Throw<ArgumentException>(() => new Subscription(Group, Topics.User, fixture.Store(Group)).On<MessagesRead>((_, _) => { }));
    }

    [Fact]
    public async Task Events_are_handled_one_by_one_or_in_batches_and_not_both()
    {
        await using var fixture = new EmbeddedBusFixture(Quick);
        var oneByOne = new Subscription(Group, MessagesRead.Topic, fixture.Store(Group)).On<MessagesRead>((_, _) => { });
        var batches = new Subscription(Group, MessagesRead.Topic, fixture.Store(Group)).InBatches(Nothing);

        Should.Throw<InvalidOperationException>(() => oneByOne.InBatches(Nothing));
        Should.Throw<InvalidOperationException>(() => batches.InBatches(Nothing));
        Should.Throw<InvalidOperationException>(() => batches.On<MessagesRead>((_, _) => { }));

        static ValueTask<Action<UnitOfWork>> Nothing(IReadOnlyList<EventEnvelope> events, CancellationToken ct) =>
            ValueTask.FromResult<Action<UnitOfWork>>(_ => { });
    }

    private static readonly ManualResetEventSlim HoldUntilCopied = new();

    /// <summary>The offset of the group and the number of its effects, in one snapshot.</summary>
    private static async Task<(long Offset, long Effects)> Progress(Store store) => await store.Read(
        async reader => (
            await reader.First<long?>("SELECT position FROM consumer_offsets WHERE consumer_group = @Group", new { Group }) ?? 0,
            await reader.First<long>("SELECT COUNT(*) FROM effects")),
        Ct);
}
