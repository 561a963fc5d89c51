using System.Diagnostics;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Kafka;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;
using Confluent.Kafka;

namespace BigTech.Tests.Integration.Events;

/// <summary>What other Kafka clients see, and what they may write.</summary>
[Engines]
public sealed class KafkaWireTests(KafkaServer kafka) : KafkaTests
{
    [Fact]
    public async Task An_event_is_a_record_with_the_headers_of_CloudEvents_and_its_trace()
    {
        await using var fixture = NewFixture();
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        await Publish(fixture.Producer, 5, 1);
        var e = (await fixture.Producer.Log.Read(MessagesRead.Topic, 0, 1, Ct)).ShouldHaveSingleItem();

        var record = KafkaRecords.Read(fixture, MessagesRead.Topic, 1).ShouldHaveSingleItem().Message;

        record.Key.ShouldBe("5");
        record.Value.ShouldBe(e.Data);
        KafkaRecords.Texts(record.Headers).ShouldBe(new Dictionary<string, string>
        {
            ["ce_specversion"] = "1.0",
            ["ce_id"] = e.Id,
            ["ce_type"] = "bigtech.chat.MessagesRead.v1",
            ["ce_source"] = "/bigtech/producer",
            ["ce_time"] = e.Time.UtcDateTime.ToString("O"),
            ["content-type"] = "application/json",
            ["traceparent"] = activity.Id!,
        }, ignoreOrder: true);
    }

    [Fact]
    public async Task An_older_event_that_comes_after_newer_ones_is_handled_when_it_is_new_and_passed_over_when_it_is_not()
    {
        await using var fixture = NewFixture();
        await using var consumer = fixture.Bus.Consume(Subscription(fixture));
        await Publish(fixture, 2, 10);
        await HandledOnce(fixture, 10);

        foreach (var known in KafkaRecords.Read(fixture, MessagesRead.Topic, 10))
        {
            await KafkaRecords.Write(fixture, MessagesRead.Topic, known.Message);
        }
        var late = EventRecords.ToRecord(
            new EventEnvelope(0, MessagesRead.Topic, "1", "late", MessagesRead.WireName, DateTimeOffset.UnixEpoch, null,
                EventJson.Serialize(new MessagesRead(1, 1, 7, 1, "m"))), "elsewhere");
        await KafkaRecords.Write(
            fixture, MessagesRead.Topic, new Message<string, byte[]?> { Key = late.Key, Value = late.Value, Headers = late.Headers });

        await Eventually.Holds(async () => (await Effects.Of(fixture.Store(Group))).Count > 10, "the late event");
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).ShouldBe([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1]);
    }

    [Fact]
    public async Task What_others_wrote_without_our_headers_is_passed_over()
    {
        await using var fixture = NewFixture();
        await using var consumer = fixture.Bus.Consume(Subscription(fixture));
        await Publish(fixture, 1, 1);
        await HandledOnce(fixture, 1);

        await KafkaRecords.Write(fixture, MessagesRead.Topic, new Message<string, byte[]?> { Key = null!, Value = "?"u8.ToArray() });
        await KafkaRecords.Write(fixture, MessagesRead.Topic, new Message<string, byte[]?> { Key = "1", Value = null });
        await Publish(fixture, 2, 1);

        await HandledOnce(fixture, 2);
        await Eventually.Holds(async () => await consumer.Lag(Ct) == 0, "no lag");
        (await fixture.DeadLetters(consumer.Subscription)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dead_letter_is_a_record_that_says_what_failed_where_and_why()
    {
        await using var fixture = NewFixture();
        await using var consumer = fixture.Bus.Consume(Subscription(fixture, (_, _) => throw new InvalidOperationException("no")));
        await Publish(fixture.Producer, 5, 1);

        var e = KafkaRecords.Read(fixture, MessagesRead.Topic, 1).Single();
        var letter = KafkaRecords.Read(fixture, "message.events.dlq", 1).ShouldHaveSingleItem().Message;

        var origin = KafkaRecords.Texts(e.Message.Headers);
        letter.Key.ShouldBe($"consumer/{origin["ce_id"]}");
        letter.Value.ShouldBe(e.Message.Value);
        var headers = KafkaRecords.Texts(letter.Headers);
        headers["ce_id"].ShouldBe(origin["ce_id"]);
        headers["ce_type"].ShouldBe("bigtech.chat.MessagesRead.v1");
        headers["dlq_group"].ShouldBe("consumer");
        headers["dlq_key"].ShouldBe("5");
        headers["dlq_error"].ShouldBe("InvalidOperationException: no");
        headers["dlq_attempts"].ShouldBe("3");
        headers["dlq_topic"].ShouldBe("message.events");
        headers["dlq_partition"].ShouldBe($"{e.Partition.Value}");
        headers["dlq_offset"].ShouldBe($"{e.Offset.Value}");
    }

    [Fact]
    public async Task Another_process_lists_and_replays_the_dead_letters_and_those_that_it_handled_are_gone_for_all()
    {
        await using var fixture = NewFixture();
        await using (var consumer = fixture.Bus.Consume(Subscription(fixture, (_, _) => throw new InvalidOperationException("no"))))
        {
            await Publish(fixture, 1, 3);
            await Eventually.Holds(async () => await consumer.DeadLetters(Ct) == 3, "three dead letters");
        }
        var mended = Subscription(fixture, (e, work) =>
        {
            if (e.Version == 2) throw new InvalidOperationException("still no");
            Effects.Write(e, work);
        });
        using var command = fixture.NewBus();

        (await command.DeadLetters(mended, Ct)).Select(letter => letter.Error)
            .ShouldAllBe(error => error == "InvalidOperationException: no");
        (await command.Replay(mended, Ct)).ShouldBe((2, 1));

        using var next = fixture.NewBus();
        var left = (await next.DeadLetters(mended, Ct)).ShouldHaveSingleItem();
        left.Error.ShouldBe("InvalidOperationException: still no");
        left.Attempts.ShouldBe(Quick.Attempts + 1);
        (await fixture.DeadLetters(mended)).Count.ShouldBe(1);
        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).ShouldBe([1, 3]);
        (await next.Replay(Subscription(fixture), Ct)).ShouldBe((1, 0));
        (await command.DeadLetters(mended, Ct)).ShouldBeEmpty();
        (await Effects.Of(fixture.Store(Group))).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_letter_whose_event_was_handled_after_all_is_none()
    {
        await using var fixture = NewFixture();
        await using (var consumer = fixture.Bus.Consume(Subscription(fixture, (_, _) => throw new InvalidOperationException("no"))))
        {
            await Publish(fixture, 1, 1);
            await Eventually.Holds(async () => await consumer.DeadLetters(Ct) == 1, "the dead letter");
        }
        // The same event again on the wire; this time its handler succeeds.
        await KafkaRecords.Write(fixture, MessagesRead.Topic, KafkaRecords.Read(fixture, MessagesRead.Topic, 1).Single().Message);
        await using var again = fixture.Bus.Consume(Subscription(fixture));
        await HandledOnce(fixture, 1);

        (await again.DeadLetters(Ct)).ShouldBe(0);
        (await fixture.Bus.Replay(again.Subscription, Ct)).ShouldBe((0, 0));
        await HandledOnce(fixture, 1);
    }

    [Fact]
    public async Task What_is_not_relayed_is_not_delivered()
    {
        await using var fixture = NewFixture(withRelay: false);
        var topic = new PublishedTopic(MessagesRead.Topic, fixture.Producer);
        await Publish(fixture, 1, 10);
        (await fixture.Bus.LowWatermark(topic, Ct)).ShouldBe(0, "retention must leave all of it");

        await using var relay = fixture.StartRelay(fixture.Producer);

        await Eventually.Holds(async () => await fixture.Bus.LowWatermark(topic, Ct) == 10, "all relayed");
    }

    private KafkaBusFixture NewFixture(bool withRelay = true) => new(kafka.BootstrapServers, kafka.Mock, Quick, withRelay: withRelay);
}
