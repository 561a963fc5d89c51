using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Kafka;
using BigTech.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Events;

/// <summary>Dead letters that are many, and brokers that fail while they are listed.</summary>
[Engines]
public sealed class KafkaDeadLetterFaultTests : KafkaFaults
{
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
        (await fixture.DeadLetters(subscriptions[0])).Select(letter => letter.Key)
            .ShouldBe(Enumerable.Range(0, letters).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_request_for_dead_letters_of_brokers_that_were_never_reachable_says_so()
    {
        _kafka.GoAway();
        await using var fixture = On(_kafka, withRelay: false);

        (await Should.ThrowAsync<AppError>(() => fixture.DeadLetters(Subscription(fixture)))).Code.ShouldBe("bus_unavailable");
    }

    [Fact]
    public async Task A_request_for_dead_letters_of_brokers_that_vanish_in_the_middle_of_the_answer_says_so()
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

    /// <summary>Makes this many events fail permanently.</summary>
    private static async Task DeadLetters(KafkaBusFixture fixture, int count)
    {
        await Publish(fixture, 1, count);
        await using var consumer = fixture.Bus.Consume(Subscription(fixture, (_, _) => throw new InvalidOperationException("no")));
        await Eventually.Holds(async () => (await fixture.DeadLetters(consumer.Subscription)).Count == count, "dead letters");
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

    private sealed class AllOf(IEnumerable<IConsumer> consumers) : IAsyncDisposable
    {
        public List<IConsumer> Consumers { get; } = [.. consumers];

        public async ValueTask DisposeAsync()
        {
            foreach (var consumer in Consumers) await consumer.DisposeAsync();
        }
    }
}
