using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;

namespace BigTech.Tests.Integration.Events;

/// <summary>
/// The common base of tests of a bus. The contract of every bus (see <see cref="IEventBus"/>), independent of the transport, is
/// <see cref="EventDeliveryContract"/>, <see cref="DeadLetterContract"/> and <see cref="EventBatchContract"/>: an implementation adds a
/// class to each of them, and tests its further guarantees in its own class.
/// </summary>
public abstract class EventBusTests(Func<BusOptions, EventBusFixture> newFixture)
{
    protected const string Group = "consumer";

    protected static BusOptions Quick => new() { Attempts = 3, RetryMilliseconds = 1, LongestRetryMilliseconds = 20, BatchSize = 50 };

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A started bus on empty stores, each of which has the tables of <see cref="Effects"/>.</summary>
    protected EventBusFixture NewFixture(BusOptions options) => newFixture(options);

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

    protected static MessagesRead Event(long room, long version) => new(room, version, 7, version, "m");
}
