using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Kafka;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;

namespace BigTech.Tests.Integration.Events;

/// <summary>The ids of processed events that a store keeps for each consumer group.</summary>
public sealed class ProcessedEventsTests : IDisposable
{
    private readonly GroupStores _stores = new();
    private readonly ManualTime _time = new();
    private readonly Store _store;

    public ProcessedEventsTests() => _store = _stores.Of("store");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _stores.Dispose();

    [Fact]
    public async Task Trimming_removes_old_ids_and_keeps_young_ones()
    {
        var processed = new ProcessedEvents(new Subscription("group", MessagesRead.Topic, _store), _time);
        await Record(processed, 0, 2500);
        _time.Advance(TimeSpan.FromHours(2));
        await Record(processed, 2500, 10);

        await ProcessedEvents.Trim(_store, MessageSent.Topic, _time.GetUtcNow() - TimeSpan.FromHours(1), Ct);

        (await processed.Handled([.. Enumerable.Range(0, 2510).Select(IdOf)], Ct)).Order()
            .ShouldBe(Enumerable.Range(2500, 10).Select(IdOf));
    }

    [Fact]
    public async Task Recording_writes_all_ids_or_none_and_names_those_it_knew()
    {
        var processed = new ProcessedEvents(new Subscription("group", MessagesRead.Topic, _store), _time);
        var other = new ProcessedEvents(new Subscription("other", MessagesRead.Topic, _store), _time);
        await Record(processed, 0, 3);
        await Record(other, 0, 3);

        var error = await Should.ThrowAsync<AlreadyHandledException>(Record(processed, 2, 3));

        error.Ids.ShouldBe([IdOf(2)]);
        (await processed.Handled([IdOf(3), IdOf(4)], Ct)).ShouldBeEmpty();
    }

    private static string IdOf(int number) => $"event-{number:0000}";

    private async Task Record(ProcessedEvents processed, int first, int count)
    {
        foreach (var some in Enumerable.Range(first, count).Chunk(100))
        {
            var events = some.Select(
                i => new EventEnvelope(i, MessagesRead.Topic, "1", IdOf(i), "type", DateTimeOffset.UnixEpoch, null, [])).ToList();
            // Each a little later than the previous one.
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await _store.Write(work => processed.Record(events, work));
        }
    }
}
