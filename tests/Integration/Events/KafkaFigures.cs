using System.Collections.Concurrent;
using System.Diagnostics;
using BigTech.Contracts.Chat;
using BigTech.Platform.Events;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Events;

/// <summary>Measures the bus on Kafka and asserts nothing; see docs/operations/kafka.md for how to run it and what it gave.</summary>
public sealed class KafkaFigures(KafkaServer kafka, ITestOutputHelper output) : KafkaTests
{
    [Fact(Explicit = true)]
    public async Task Events_a_second_through_relay_and_consumer()
    {
        const int count = 100_000;
        await using var fixture = new KafkaBusFixture(kafka.BootstrapServers, kafka.Mock, new BusOptions(), withRelay: false);
        await using var consumer = fixture.Bus.Consume(Subscription(fixture));
        await using (fixture.StartRelay(fixture.Producer))
        {
            await Publish(fixture, 1, 20, rooms: 20);
            await HandledOnce(fixture, 20);
        }
        for (var version = 1; version <= count; version += 1000) await Append(fixture, version);

        var started = Stopwatch.GetTimestamp();
        await using var relay = fixture.StartRelay(fixture.Producer);
        await Eventually.Holds(async () => await fixture.Bus.Delivered(new PublishedTopic(MessagesRead.Topic, fixture.Producer), Ct) >= count, "all relayed");
        var relayed = Stopwatch.GetElapsedTime(started);
        await Eventually.Holds(async () => await Effects(fixture) >= count + 20, "all handled");
        var handled = Stopwatch.GetElapsedTime(started);
        output.WriteLine($"{count / relayed.TotalSeconds:N0} events/s relayed, {count / handled.TotalSeconds:N0} events/s relayed and handled");
    }

    [Theory(Explicit = true)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task From_the_commit_to_the_tail_of_another_process(bool committingReplicaRelays)
    {
        const int count = 500;
        await using var fixture = new KafkaBusFixture(kafka.BootstrapServers, kafka.Mock, new BusOptions(), withRelay: false, engine: TestEngine.MariaDb);
        using var replica = fixture.Replica("producer");
        await using var relay = fixture.StartRelay(committingReplicaRelays ? fixture.Producer : replica);
        using var otherBus = fixture.NewBus();
        var (committed, took) = (new ConcurrentDictionary<long, long>(), new ConcurrentQueue<double>());
        await using var tail = otherBus.Tail(MessagesRead.Topic, e =>
        {
            var now = Stopwatch.GetTimestamp();
            if (e.Is<MessagesRead>(out var read) && committed.TryGetValue(read.Version, out var at)) took.Enqueue(Stopwatch.GetElapsedTime(at, now).TotalMilliseconds);
        }, () => { });
        await tail.Started;
        committed[0] = Stopwatch.GetTimestamp();
        await Publish(fixture.Producer, 0, 0);
        await Eventually.Holds(() => took.Count == 1, "relay and tail at work");
        took.Clear();

        for (var version = 1; version <= count; version++)
        {
            // From before the commit: what the tail sees may be faster than the answer to the writer.
            committed[version] = Stopwatch.GetTimestamp();
            await Publish(fixture.Producer, version % 20, version);
            await Task.Delay(Random.Shared.Next(5, 30), Ct);
        }
        await Eventually.Holds(() => took.Count >= count, "all on the tail");
        var sorted = took.Order().ToList();
        output.WriteLine($"relay {(committingReplicaRelays ? "where" : "elsewhere than")} the commit is: median {sorted[sorted.Count / 2]:N1} ms, p99 {sorted[sorted.Count * 99 / 100]:N1} ms");
    }

    private static Task Append(KafkaBusFixture fixture, int first) => fixture.Producer.Write(session =>
    {
        for (var i = 0; i < 1000; i++) session.Append(new MessagesRead((first + i) % 100, first + i, 7, first + i, "m"));
    });

    private static ValueTask<long> Effects(KafkaBusFixture fixture) =>
        fixture.Store(Group).Read(session => session.First<long>("SELECT COUNT(*) FROM effects"), Ct);
}
