using System.Collections.Concurrent;
using System.Diagnostics;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Events;

/// <summary>The contract of every bus: which events a consumer or a follower gets, in which order, and how it stops.</summary>
/// <param name="maxStops">How often a test interrupts a consumer at most: less often where a group forms slowly.</param>
public abstract class EventDeliveryContract(Func<BusOptions, EventBusFixture> newFixture, int maxStops = 200) : EventBusTests(newFixture)
{
    [Fact]
    public async Task Events_of_one_key_are_handled_in_the_order_of_their_commits()
    {
        const int rooms = 5;
        const int producers = 8;
        const int perProducer = 100;
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(
            new BusOptions { Attempts = 3, RetryMilliseconds = 1, LongestRetryMilliseconds = 20, BatchSize = 7 });
        await Publish(fixture, 1, count);
        var starts = 0;
        while ((await Effects.Of(fixture.Store(Group))).Count < count && starts < maxStops)
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
        await using var fixture = NewFixture(Quick);
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
    public async Task What_a_handler_publishes_has_the_trace_of_the_event_that_caused_it()
    {
        await using var fixture = NewFixture(Quick);
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

    [Fact]
    public async Task A_type_without_a_handler_is_passed_over()
    {
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
        await using var consumer = Consume(fixture);
        var writes = new List<Task>();
        for (var version = 1L; version <= 60; version++) writes.Add(TryPublish(fixture.Producer, version, fails: version % 4 == 0));
        await Task.WhenAll(writes);

        await Handled(fixture, 45);
        await Publish(fixture, 61, 1);
        await Handled(fixture, 46);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).Distinct()
            .ShouldBe(Numbers(1, 61).Where(version => version % 4 != 0));
    }

    [Fact]
    public async Task A_consumer_that_waits_for_its_store_stops_at_once()
    {
        await using var fixture = NewFixture(
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
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(
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
    public async Task A_tail_sees_everything_from_its_start_on_in_order()
    {
        await using var fixture = NewFixture(Quick);
        await Publish(fixture, 1, 20);
        await using (Consume(fixture)) await Handled(fixture, 20);
        var (one, two, gaps) = (new ConcurrentQueue<long>(), new ConcurrentQueue<long>(), 0);
        await using var first = Follow(one);
        await using var second = Follow(two);
        await Task.WhenAll(first.Started, second.Started).WaitAsync(Patience.Limit, Ct);

        await Publish(fixture, 21, 30);

        await Eventually.Holds(() => one.Count >= 30 && two.Count >= 30, "30 events on both followers");
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
        await using var fixture = NewFixture(Quick);
        var (seen, gaps) = (new ConcurrentQueue<long>(), 0);
        await using var follower = fixture.Bus.Follow(MessagesRead.Topic, e =>
        {
            if (!e.Is<MessagesRead>(out var read) || read.Version == 2) throw new InvalidOperationException("no");
            seen.Enqueue(read.Version);
        }, () => Interlocked.Increment(ref gaps));
        await follower.Started.WaitAsync(Patience.Limit, Ct);

        await Publish(fixture, 1, 3);

        await Eventually.Holds(() => seen.Count >= 2, "the others");
        seen.ShouldBe([1, 3]);
        Volatile.Read(ref gaps).ShouldBe(1);
    }

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

public sealed class EmbeddedBusDeliveryTests() : EventDeliveryContract(options => new EmbeddedBusFixture(options));

[Engines]
public sealed class EmbeddedBusDeliveryMariaDbTests() : EventDeliveryContract(
    options => new EmbeddedBusFixture(options, engine: TestEngine.MariaDb));

[Engines]
public sealed class KafkaBusDeliveryTests(KafkaServer kafka) : EventDeliveryContract(
    options => new KafkaBusFixture(kafka.BootstrapServers, kafka.Mock, options), maxStops: 10);
