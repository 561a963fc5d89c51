using System.Text;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Events;

/// <summary>The contract of every bus: events that fail are tried again, and then are dead letters that can be replayed.</summary>
public abstract class DeadLetterContract(Func<BusOptions, EventBusFixture> newFixture) : EventBusTests(newFixture)
{
    [Fact]
    public async Task An_event_that_fails_for_a_while_keeps_its_place_before_the_later_ones_of_its_key()
    {
        await using var fixture = NewFixture(
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
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replay_that_is_cancelled_or_finds_a_store_away_counts_no_attempt(bool isCancelled)
    {
        await using var fixture = NewFixture(Quick);
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
        await using var fixture = NewFixture(Quick);
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
    public async Task A_store_that_is_away_costs_no_attempt()
    {
        await using var fixture = NewFixture(Quick);
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
}

public sealed class EmbeddedBusDeadLetterTests() : DeadLetterContract(options => new EmbeddedBusFixture(options));

[Engines]
public sealed class EmbeddedBusDeadLetterMariaDbTests() : DeadLetterContract(
    options => new EmbeddedBusFixture(options, engine: TestEngine.MariaDb));

[Engines]
public sealed class KafkaBusDeadLetterTests(KafkaServer kafka) : DeadLetterContract(
    options => new KafkaBusFixture(kafka.BootstrapServers, kafka.Mock, options));
