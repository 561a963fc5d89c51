using System.Collections.Concurrent;
using System.Diagnostics;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Events;

/// <summary>The contract of every bus: consumers that handle several events in one transaction.</summary>
public abstract class EventBatchContract(Func<BusOptions, EventBusFixture> newFixture) : EventBusTests(newFixture)
{
    [Fact]
    public async Task Batches_take_everything_in_order_and_share_transactions()
    {
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
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

    /// <summary>From the span of a batch one finds the requests that caused its events, and only those that were recorded.</summary>
    [Fact]
    public async Task The_span_of_a_batch_is_linked_to_the_spans_that_produced_its_events()
    {
        var produced = new ConcurrentDictionary<ActivitySpanId, ActivitySpanId>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Meters.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = span =>
            {
                // With a broker between, what produces is the way of the event to it: a child of the request.
                if (span.Kind == ActivityKind.Producer) produced[span.SpanId] = span.ParentSpanId;
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var fixture = NewFixture(Quick);
        var requests = new Dictionary<long, ActivityContext>();
        for (var version = 1; version <= 40; version++)
        {
            using var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
            request.ActivityTraceFlags = version % 4 == 0 ? ActivityTraceFlags.None : ActivityTraceFlags.Recorded;
            requests[version] = request.Context;
            await Publish(fixture, version, 1);
        }
        var batches = new ConcurrentQueue<(Activity? Span, IReadOnlyList<long> Versions)>();

        await using var consumer = ConsumeInBatches(fixture, (events, work) =>
        {
            foreach (var e in events) Effects.Write(e, work);
        }, events => batches.Enqueue((Activity.Current, [.. events.Select(e => e.Version)])));
        await Handled(fixture, 40);

        var several = batches.Where(batch => batch.Versions.Count > 1).ToList();
        several.ShouldNotBeEmpty();
        foreach (var (span, versions) in several)
        {
            var batch = span.ShouldNotBeNull();
            (batch.OperationName, batch.Kind, batch.ParentId).ShouldBe(($"{MessagesRead.Topic} process", ActivityKind.Consumer, null));
            batch.Links.Select(link => (link.Context.TraceId, RequestOf(link.Context))).ShouldBe(
                versions.Select(version => requests[version]).Where(request => request.TraceFlags == ActivityTraceFlags.Recorded)
                    .Select(request => (request.TraceId, request.SpanId)),
                ignoreOrder: true);
        }

        ActivitySpanId RequestOf(ActivityContext producer) => produced.GetValueOrDefault(producer.SpanId, producer.SpanId);
    }
}

public sealed class EmbeddedBusBatchTests() : EventBatchContract(options => new EmbeddedBusFixture(options));

[Engines]
public sealed class EmbeddedBusBatchMariaDbTests() : EventBatchContract(
    options => new EmbeddedBusFixture(options, engine: TestEngine.MariaDb));

[Engines]
public sealed class KafkaBusBatchTests(KafkaServer kafka) : EventBatchContract(
    options => new KafkaBusFixture(kafka.BootstrapServers, kafka.Mock, options));
