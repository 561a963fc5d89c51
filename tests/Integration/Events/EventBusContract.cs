using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;

namespace BigTech.Tests.Integration.Events;

/// <summary>
/// The contract of every bus (see <see cref="IEventBus"/>), independent of the transport. An implementation derives from this class and
/// provides its fixture; it tests its further guarantees in its own class.
/// </summary>
public abstract class EventBusContract
{
    protected const string Group = "consumer";

    protected static BusOptions Quick => new() { Attempts = 3, RetryMilliseconds = 1, LongestRetryMilliseconds = 20, BatchSize = 50 };

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>How often a test interrupts a consumer at most: less often where a group forms slowly.</summary>
    protected virtual int MaxStops => 200;

    /// <summary>A started bus on empty stores, each of which has the tables of <see cref="Effects"/>.</summary>
    protected abstract Task<EventBusFixture> NewFixture(BusOptions options);

    [Fact]
    public async Task Events_of_one_key_are_handled_in_the_order_of_their_commits()
    {
        const int rooms = 5;
        const int producers = 8;
        const int perProducer = 100;
        await using var fixture = await NewFixture(Quick);
        await using var consumer = Consume(fixture);

        await Task.WhenAll(Enumerable.Range(0, producers).Select(producer => Task.Run(async () =>
        {
            for (var i = 0; i < perProducer; i++) await PublishNext(fixture.Producer, room: (producer + i) % rooms + 1);
        })));

        await Handled(fixture, producers * perProducer);
        var effects = await Effects.Of(fixture.Store(Group));
        for (var room = 1; room <= rooms; room++)
        {
            effects.Where(effect => effect.Room == room).Select(effect => effect.Version).Distinct()
                .ShouldBe(Enumerable.Range(1, producers * perProducer / rooms).Select(version => (long)version), $"room {room}");
        }
    }

    [Fact]
    public async Task A_group_that_comes_late_gets_everything()
    {
        await using var fixture = await NewFixture(Quick);
        await Publish(fixture, 1, 130);
        await using var consumer = Consume(fixture);
        await Handled(fixture, 130);
        await Publish(fixture, 131, 10);
        await Handled(fixture, 140);
        await Eventually.Holds(async () => await consumer.Lag(Ct) == 0, "no lag");
    }

    [Fact]
    public async Task A_consumer_goes_on_where_its_group_stopped()
    {
        await using var fixture = await NewFixture(Quick);
        await Publish(fixture, 1, 30);
        await using (Consume(fixture)) await Handled(fixture, 30);
        await Publish(fixture, 31, 30);
        await fixture.Restart();
        await Publish(fixture, 61, 30);

        await using var consumer = Consume(fixture);

        await Handled(fixture, 90);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).Distinct().ShouldBe(Numbers(1, 90));
    }

    [Fact]
    public async Task Nothing_is_lost_when_consumers_are_stopped_in_the_middle()
    {
        const int count = 400;
        await using var fixture = await NewFixture(
            new BusOptions { Attempts = 3, RetryMilliseconds = 1, LongestRetryMilliseconds = 20, BatchSize = 7 });
        await Publish(fixture, 1, count);
        var starts = 0;
        while ((await Effects.Of(fixture.Store(Group))).Count < count && starts < MaxStops)
        {
            starts++;
            var seen = (await Effects.Of(fixture.Store(Group))).Count;
            await using var consumer = Consume(fixture);
            await Eventually.Holds(async () => (await Effects.Of(fixture.Store(Group))).Count > seen, "some progress");
        }
        starts.ShouldBeGreaterThan(1, "the test must have stopped a consumer in the middle");
        await using (Consume(fixture)) await Handled(fixture, count);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).Distinct().ShouldBe(Numbers(1, count));
    }

    [Fact]
    public async Task A_crash_between_the_effect_and_the_offset_loses_nothing()
    {
        await using var fixture = await NewFixture(Quick);
        var crashes = new ConcurrentDictionary<long, int>();
        await Publish(fixture, 1, 60);

        await using var consumer = Consume(fixture, (e, work) =>
        {
            Effects.Write(e, work);
            if (e.Version % 20 == 0 && crashes.AddOrUpdate(e.Version, 1, (_, n) => n + 1) <= 2) throw new IOException("the power went");
        });

        await Handled(fixture, 60);
        crashes.Keys.Order().ShouldBe([20, 40, 60]);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).Distinct().ShouldBe(Numbers(1, 60));
        (await fixture.DeadLetters(consumer.Subscription)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_that_fails_for_a_while_keeps_its_place_before_the_later_ones_of_its_key()
    {
        await using var fixture = await NewFixture(
            new BusOptions { Attempts = 6, RetryMilliseconds = 1, LongestRetryMilliseconds = 5, BatchSize = 50 });
        var failures = 0;
        await Publish(fixture, 1, 10);

        await using var consumer = Consume(fixture, (e, work) =>
        {
            if (e.Version == 4 && Interlocked.Increment(ref failures) <= 4) throw new InvalidOperationException("not yet");
            Effects.Write(e, work);
        });

        await Handled(fixture, 10);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).Distinct().ShouldBe(Numbers(1, 10));
    }

    [Fact]
    public async Task A_poison_event_goes_to_the_dead_letters_with_its_error_and_the_rest_goes_on()
    {
        await using var fixture = await NewFixture(Quick);
        var tries = 0;
        await Publish(fixture, 1, 100);

        await using var consumer = Consume(fixture, (e, work) =>
        {
            Effects.Write(e, work);
            if (e.Version != 37) return;
            Interlocked.Increment(ref tries);
            throw new InvalidOperationException("cannot stomach 37");
        });

        await Handled(fixture, 99);
        var letter = (await fixture.DeadLetters(consumer.Subscription)).ShouldHaveSingleItem();
        letter.Key.ShouldBe("1");
        letter.Type.ShouldBe(MessagesRead.WireName);
        letter.Error.ShouldContain("cannot stomach 37");
        letter.Attempts.ShouldBe(Quick.Attempts);
        Volatile.Read(ref tries).ShouldBeGreaterThanOrEqualTo(Quick.Attempts);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).Distinct()
            .ShouldBe(Numbers(1, 100).Where(version => version != 37), "the effect of a poison event does not stay");
        await Eventually.Holds(async () => await consumer.Lag(Ct) == 0, "no lag");
    }

    [Fact]
    public async Task Data_that_cannot_be_read_is_poison_too()
    {
        await using var fixture = await NewFixture(Quick);
        await Publish(fixture, 1, 1);
        foreach (var rubbish in new[] { "{\"room_id\":", "[]", "null", "" })
        {
            await fixture.Producer.Write(
                work => work.Append(MessagesRead.Topic, "1", MessagesRead.WireName, Encoding.UTF8.GetBytes(rubbish)));
        }
        await Publish(fixture, 2, 1);

        await using var consumer = Consume(fixture);

        await Handled(fixture, 2);
        (await fixture.DeadLetters(consumer.Subscription)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_dead_letter_is_not_tried_again_after_a_restart()
    {
        await using var fixture = await NewFixture(Quick);
        var tries = 0;
        await Publish(fixture, 1, 3);
        await using (var first = Consume(fixture, FailAt2))
        {
            await Handled(fixture, 2);
            await Eventually.Holds(async () => (await fixture.DeadLetters(first.Subscription)).Count == 1, "the dead letter");
        }
        var before = Volatile.Read(ref tries);
        await fixture.Restart();
        await Publish(fixture, 4, 1);

        await using var second = Consume(fixture, FailAt2);

        await Handled(fixture, 3);
        Volatile.Read(ref tries).ShouldBe(before);
        (await fixture.DeadLetters(second.Subscription)).Count.ShouldBe(1);

        void FailAt2(MessagesRead e, UnitOfWork work)
        {
            if (e.Version == 2 && Interlocked.Increment(ref tries) > 0) throw new InvalidOperationException("no");
            Effects.Write(e, work);
        }
    }

    [Fact]
    public async Task Replaying_handles_the_letters_that_can_be_handled_now_and_keeps_the_others()
    {
        await using var fixture = await NewFixture(Quick);
        var isMended = false;
        await Publish(fixture, 1, 12);
        await using var consumer = Consume(fixture, (e, work) =>
        {
            Effects.Write(e, work);
            if (e.Version == 5 || (e.Version is 3 or 9 && !Volatile.Read(ref isMended)))
            {
                throw new InvalidOperationException($"no {e.Version}");
            }
        });
        await Eventually.Holds(async () => (await fixture.DeadLetters(consumer.Subscription)).Count == 3, "three dead letters");
        await Handled(fixture, 9);
        var attempts = (await fixture.DeadLetters(consumer.Subscription))[1].Attempts;

        (await fixture.Bus.Replay(consumer.Subscription, Ct)).ShouldBe((0, 3));
        Volatile.Write(ref isMended, true);
        (await fixture.Bus.Replay(consumer.Subscription, Ct)).ShouldBe((2, 1));

        var left = (await fixture.DeadLetters(consumer.Subscription)).ShouldHaveSingleItem();
        left.Error.ShouldContain("no 5");
        left.Attempts.ShouldBe(attempts + 2);
        var effects = (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).ToList();
        effects.Distinct().Order().ShouldBe(Numbers(1, 12).Where(version => version != 5));
        effects.IndexOf(3).ShouldBeLessThan(effects.IndexOf(9), "oldest first");
        (await fixture.Bus.Replay(consumer.Subscription, Ct)).ShouldBe((0, 1));
    }

    [Fact]
    public async Task What_a_handler_publishes_has_the_trace_of_the_event_that_caused_it()
    {
        await using var fixture = await NewFixture(Quick);
        var traces = new Dictionary<long, string>();
        for (var version = 1; version <= 3; version++)
        {
            using var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
            await Publish(fixture, version, 1);
            traces.Add(version, request.TraceId.ToHexString());
        }
        await using var consumer = Consume(fixture, (e, work) =>
        {
            Effects.Write(e, work);
            work.Append(e);
        });
        await Handled(fixture, 3);

        var published = await fixture.Store(Group).Log.Read(MessagesRead.Topic, 0, 100, Ct);

        published.ToDictionary(e => EventJson.Deserialize<MessagesRead>(e.Data).Version, e => e.TraceParent!.Split('-')[1])
            .ShouldBe(traces, ignoreOrder: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replay_that_is_cancelled_or_finds_a_store_away_counts_no_attempt(bool isCancelled)
    {
        await using var fixture = await NewFixture(Quick);
        using var cancel = new CancellationTokenSource();
        var isReplay = false;
        await Publish(fixture, 1, 2);
        await using var consumer = Consume(fixture, (_, _) =>
        {
            if (!Volatile.Read(ref isReplay)) throw new InvalidOperationException("no");
            if (!isCancelled) throw AppError.Unavailable("store_unavailable", "The store is away.");
            cancel.Cancel();
            cancel.Token.ThrowIfCancellationRequested();
        });
        await Eventually.Holds(async () => (await fixture.DeadLetters(consumer.Subscription)).Count == 2, "two dead letters");
        var before = await fixture.DeadLetters(consumer.Subscription);
        Volatile.Write(ref isReplay, true);

        var replay = fixture.Bus.Replay(consumer.Subscription, cancel.Token);

        if (isCancelled) await Should.ThrowAsync<OperationCanceledException>(replay);
        else (await Should.ThrowAsync<AppError>(replay)).Code.ShouldBe("store_unavailable");
        (await fixture.DeadLetters(consumer.Subscription)).ShouldBe(before);
    }

    [Fact]
    public async Task Two_groups_each_get_everything_and_their_dead_letters_are_their_own()
    {
        await using var fixture = await NewFixture(Quick);
        await using var one = Consume(fixture, group: "one");
        await using var two = Consume(fixture, group: "two", handle: (e, work) =>
        {
            if (e.Version == 7) throw new InvalidOperationException("not for two");
            Effects.Write(e, work);
        });

        await Publish(fixture, 1, 20);

        await Handled(fixture, 20, "one");
        await Handled(fixture, 19, "two");
        (await fixture.DeadLetters(one.Subscription)).ShouldBeEmpty();
        (await fixture.DeadLetters(two.Subscription)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_type_without_a_handler_is_passed_over()
    {
        await using var fixture = await NewFixture(Quick);
        await Publish(fixture, 1, 2);
        await fixture.Producer.Write(work => work.Append(MessagesRead.Topic, "1", "bigtech.chat.FromTheFuture.v9", "?"u8.ToArray()));
        await Publish(fixture, 3, 1);
        await fixture.Producer.Write(work => work.Append(MessagesRead.Topic, "1", "bigtech.chat.FromTheFuture.v9", "?"u8.ToArray()));

        await using var consumer = Consume(fixture);

        await Handled(fixture, 3);
        await Eventually.Holds(async () => await consumer.Lag(Ct) == 0, "no lag");
        (await fixture.DeadLetters(consumer.Subscription)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_topic_is_another_stream()
    {
        await using var fixture = await NewFixture(Quick);
        await fixture.Producer.Write(work => work.Append(new MemberLeft(1, 1, 1, 1, DateTimeOffset.UnixEpoch)));
        await Publish(fixture, 1, 1);
        var left = 0;
        await using var messages = Consume(fixture);
        await using var rooms = fixture.Bus.Consume(
            new Subscription(Group, MemberLeft.Topic, fixture.Store(Group)).On<MemberLeft>((_, _) => Interlocked.Increment(ref left)));

        await Handled(fixture, 1);
        await Eventually.Holds(() => Volatile.Read(ref left) > 0, "the event of the other topic");
    }

    [Fact]
    public async Task An_event_is_published_if_and_only_if_its_transaction_commits()
    {
        await using var fixture = await NewFixture(Quick);
        await using var consumer = Consume(fixture);
        var writes = new List<Task>();
        for (var version = 1L; version <= 60; version++) writes.Add(TryPublish(fixture.Producer, version, fails: version % 4 == 0));
        await Task.WhenAll(writes);

        await Handled(fixture, 45);
        await Publish(fixture, 61, 1);
        await Handled(fixture, 46);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).Distinct().ShouldBe(
            Numbers(1, 61).Where(version => version % 4 != 0));
    }

    [Fact]
    public async Task A_store_that_is_away_costs_no_attempt()
    {
        await using var fixture = await NewFixture(Quick);
        var refusals = 0;
        await Publish(fixture, 1, 5);

        await using var consumer = Consume(fixture, (e, work) =>
        {
            if (e.Version == 3 && Interlocked.Increment(ref refusals) <= 12) throw AppError.Unavailable("store_unavailable", "away");
            Effects.Write(e, work);
        });

        await Handled(fixture, 5);
        (await fixture.DeadLetters(consumer.Subscription)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_consumer_that_waits_for_its_store_stops_at_once()
    {
        await using var fixture = await NewFixture(
            new BusOptions { Attempts = 1, RetryMilliseconds = 600_000, LongestRetryMilliseconds = 600_000 });
        var refusals = 0;
        await Publish(fixture, 1, 1);
        var consumer = Consume(fixture, (_, _) =>
        {
            Interlocked.Increment(ref refusals);
            throw AppError.Unavailable("store_unavailable", "away");
        });
        await Eventually.Holds(() => Volatile.Read(ref refusals) > 0, "the first try");

        await consumer.DisposeAsync().AsTask().WaitAsync(Patience.Limit, Ct);
        (await fixture.DeadLetters(consumer.Subscription)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Stopping_a_consumer_finishes_the_event_in_hand()
    {
        await using var fixture = await NewFixture(Quick);
        using var isInHand = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        await Publish(fixture, 1, 1);
        var consumer = Consume(fixture, (e, work) =>
        {
            isInHand.Set();
            mayGoOn.Wait(Patience.Limit);
            Effects.Write(e, work);
        });
        await Eventually.Holds(() => isInHand.IsSet, "the event in hand");

        var stopping = consumer.DisposeAsync().AsTask();
        stopping.IsCompleted.ShouldBeFalse();
        mayGoOn.Set();
        await stopping;

        (await Effects.Of(fixture.Store(Group))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_consumer_in_the_middle_of_its_retries_stops_at_once()
    {
        await using var fixture = await NewFixture(
            new BusOptions { Attempts = 5, RetryMilliseconds = 600_000, LongestRetryMilliseconds = 600_000 });
        var tries = 0;
        await Publish(fixture, 1, 2);
        var consumer = Consume(fixture, (_, _) =>
        {
            Interlocked.Increment(ref tries);
            throw new InvalidOperationException("no");
        });
        await Eventually.Holds(() => Volatile.Read(ref tries) > 1, "the first attempt");

        await consumer.DisposeAsync().AsTask().WaitAsync(Patience.Limit, Ct);
        (await fixture.DeadLetters(consumer.Subscription)).ShouldBeEmpty("it has attempts left");
    }

    [Fact]
    public async Task Batches_take_everything_in_order_and_share_transactions()
    {
        await using var fixture = await NewFixture(Quick);
        await Publish(fixture, 1, 130);
        var sizes = new ConcurrentQueue<int>();

        await using var consumer = ConsumeInBatches(fixture, (events, work) =>
        {
            sizes.Enqueue(events.Count);
            foreach (var e in events) Effects.Write(e, work);
        });

        await Handled(fixture, 130);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).Distinct().ShouldBe(Numbers(1, 130));
        sizes.ShouldContain(size => size > 1);
        sizes.ShouldAllBe(size => size <= Quick.BatchSize);
        await Eventually.Holds(async () => await consumer.Lag(Ct) == 0, "no lag");
    }

    [Theory]
    [InlineData("before")]
    [InlineData("inside")]
    public async Task A_poison_event_inside_a_batch_spoils_only_itself(string where)
    {
        await using var fixture = await NewFixture(Quick);
        await Publish(fixture, 1, 100);

        await using var consumer = ConsumeInBatches(fixture, (events, work) =>
        {
            foreach (var e in events)
            {
                Effects.Write(e, work);
                if (where == "inside" && e.Version == 37) throw new InvalidOperationException("cannot stomach 37");
            }
        }, events =>
        {
            if (where == "before" && events.Any(e => e.Version == 37)) throw new InvalidOperationException("cannot stomach 37");
        });

        await Handled(fixture, 99);
        var letter = (await fixture.DeadLetters(consumer.Subscription)).ShouldHaveSingleItem();
        letter.Error.ShouldContain("cannot stomach 37");
        letter.Attempts.ShouldBe(Quick.Attempts);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).Distinct()
            .ShouldBe(Numbers(1, 100).Where(version => version != 37));
        await Eventually.Holds(async () => await consumer.Lag(Ct) == 0, "no lag");
    }

    [Fact]
    public async Task A_crash_between_the_effects_of_a_batch_and_its_offset_loses_nothing()
    {
        await using var fixture = await NewFixture(Quick);
        var crashes = 0;
        await Publish(fixture, 1, 60);

        await using var consumer = ConsumeInBatches(fixture, (events, work) =>
        {
            foreach (var e in events) Effects.Write(e, work);
            if (events.Count > 1 && Interlocked.Increment(ref crashes) == 1) throw new IOException("the power went");
        });

        await Handled(fixture, 60);
        Volatile.Read(ref crashes).ShouldBeGreaterThan(0);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).Distinct().ShouldBe(Numbers(1, 60));
        (await fixture.DeadLetters(consumer.Subscription)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_store_that_is_away_before_a_batch_costs_no_attempt()
    {
        await using var fixture = await NewFixture(Quick);
        var refusals = 0;
        await Publish(fixture, 1, 5);

        await using var consumer = ConsumeInBatches(fixture, (events, work) =>
        {
            foreach (var e in events) Effects.Write(e, work);
        }, _ =>
        {
            if (Interlocked.Increment(ref refusals) <= 12) throw AppError.Unavailable("store_unavailable", "away");
        });

        await Handled(fixture, 5);
        (await fixture.DeadLetters(consumer.Subscription)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Dead_letters_of_batches_are_replayed()
    {
        await using var fixture = await NewFixture(Quick);
        var isMended = false;
        await Publish(fixture, 1, 12);
        await using var consumer = ConsumeInBatches(fixture, (events, work) =>
        {
            foreach (var e in events) Effects.Write(e, work);
            if (events.Any(e => e.Version == 5) && !Volatile.Read(ref isMended)) throw new InvalidOperationException("no 5");
        });
        await Eventually.Holds(async () => (await fixture.DeadLetters(consumer.Subscription)).Count == 1, "a dead letter");

        Volatile.Write(ref isMended, true);

        (await fixture.Bus.Replay(consumer.Subscription, Ct)).ShouldBe((1, 0));
        await Handled(fixture, 12);
    }

    [Fact]
    public async Task A_tail_sees_everything_from_its_start_on_in_order()
    {
        await using var fixture = await NewFixture(Quick);
        await Publish(fixture, 1, 20);
        await using (Consume(fixture)) await Handled(fixture, 20);
        var (one, two, gaps) = (new ConcurrentQueue<long>(), new ConcurrentQueue<long>(), 0);
        await using var first = Follow(one);
        await using var second = Follow(two);
        await Task.WhenAll(first.Started, second.Started).WaitAsync(Patience.Limit, Ct);

        await Publish(fixture, 21, 30);

        await Eventually.Holds(() => one.Count >= 30 && two.Count >= 30, "30 events on both tails");
        one.ShouldBe(Numbers(21, 30));
        two.ShouldBe(Numbers(21, 30));
        Volatile.Read(ref gaps).ShouldBe(0);

        ITopicFollower Follow(ConcurrentQueue<long> seen) => fixture.Bus.Follow(
            MessagesRead.Topic, e => seen.Enqueue(e.Is<MessagesRead>(out var read) ? read.Version : 0),
            () => Interlocked.Increment(ref gaps));
    }

    [Fact]
    public async Task An_event_that_the_follower_of_a_tail_could_not_take_counts_as_missed()
    {
        await using var fixture = await NewFixture(Quick);
        var (seen, gaps) = (new ConcurrentQueue<long>(), 0);
        await using var tail = fixture.Bus.Follow(MessagesRead.Topic, e =>
        {
            if (!e.Is<MessagesRead>(out var read) || read.Version == 2) throw new InvalidOperationException("no");
            seen.Enqueue(read.Version);
        }, () => Interlocked.Increment(ref gaps));
        await tail.Started.WaitAsync(Patience.Limit, Ct);

        await Publish(fixture, 1, 3);

        await Eventually.Holds(() => seen.Count >= 2, "the others");
        seen.ShouldBe([1, 3]);
        Volatile.Read(ref gaps).ShouldBe(1);
    }

    protected static IConsumer Consume(EventBusFixture fixture, Action<MessagesRead, UnitOfWork>? handle = null, string group = Group) =>
        fixture.Bus.Consume(new Subscription(group, MessagesRead.Topic, fixture.Store(group)).On(handle ?? Effects.Write));

    protected static IConsumer ConsumeInBatches(
        EventBusFixture fixture, Action<List<MessagesRead>, UnitOfWork> handle, Action<List<MessagesRead>>? prepare = null,
        TimeSpan pace = default) =>
        fixture.Bus.Consume(new Subscription(Group, MessagesRead.Topic, fixture.Store(Group)) { Pace = pace }.InBatches((envelopes, _) =>
        {
            var events = envelopes.Select(envelope => envelope.Is<MessagesRead>(out var e) ? e : null).OfType<MessagesRead>().ToList();
            prepare?.Invoke(events);
            return ValueTask.FromResult<Action<UnitOfWork>>(work => handle(events, work));
        }));

    /// <summary>Publishes events of room 1, one transaction each.</summary>
    protected static async Task Publish(EventBusFixture fixture, long firstVersion, int count)
    {
        for (var i = 0; i < count; i++) await fixture.Producer.Write(work => work.Append(Event(1, firstVersion + i)));
    }

    /// <summary>Waits until this many different events have taken effect.</summary>
    protected static Task Handled(EventBusFixture fixture, int count, string group = Group) => Eventually.Holds(
        async () => (await Effects.Of(fixture.Store(group))).Distinct().Count() >= count, $"{count} events handled by {group}");

    protected static IEnumerable<long> Numbers(int first, int count) => Enumerable.Range(first, count).Select(i => (long)i);

    private static MessagesRead Event(long room, long version) => new(room, version, 7, version, "m");

    private static Task PublishNext(Store producer, long room) => producer.Write(work =>
    {
        var version = 1 + (work.First<long?>("SELECT version FROM sent WHERE room = @room", new { room }) ?? 0);
        var sql = version == 1
            ? "INSERT INTO sent (room, version) VALUES (@room, @version)"
            : "UPDATE sent SET version = @version WHERE room = @room";
        work.Execute(sql, new { room, version });
        work.Append(Event(room, version));
    });

    private static async Task TryPublish(Store producer, long version, bool fails)
    {
        var write = producer.Write(work =>
        {
            work.Append(Event(1, version));
            if (fails) throw new InvalidOperationException("changed its mind");
        });
        if (fails) await Should.ThrowAsync<InvalidOperationException>(write);
        else await write;
    }
}
