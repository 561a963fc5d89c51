using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Kafka;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;

namespace BigTech.Tests.Integration.Events;

/// <summary>The data that the stores keep for Kafka: the relay's lease and the processed events.</summary>
public sealed class RelayLeaseTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly GroupStores _stores = new();
    private readonly ManualTime _time = new();
    private readonly Store _store;

    public RelayLeaseTests() => _store = _stores.Of("store");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _stores.Dispose();

    [Fact]
    public async Task One_owner_keeps_the_lease_as_long_as_its_beats_are_seen()
    {
        var (one, two) = (NewLease(), NewLease());
        (await one.TryTake(Ct)).ShouldBeTrue();
        for (var i = 0; i < 5; i++)
        {
            (await two.TryTake(Ct)).ShouldBeFalse();
            _time.Advance(Patience - TimeSpan.FromMilliseconds(1));
            (await two.TryTake(Ct)).ShouldBeFalse();
            (await Beat(one)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Who_sees_no_beat_for_long_enough_takes_over_and_the_old_owner_can_write_no_more()
    {
        var (one, two) = (NewLease(), NewLease());
        (await one.TryTake(Ct)).ShouldBeTrue();
        (await two.TryTake(Ct)).ShouldBeFalse();
        _time.Advance(Patience);

        (await two.TryTake(Ct)).ShouldBeTrue();

        (await Beat(one)).ShouldBeFalse();
        (await Beat(two)).ShouldBeTrue();
        (await one.TryTake(Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_lease_that_was_given_back_can_be_taken_at_once()
    {
        var (one, two) = (NewLease(), NewLease());
        (await one.TryTake(Ct)).ShouldBeTrue();
        (await two.TryTake(Ct)).ShouldBeFalse();
        await two.Release();
        (await Beat(one)).ShouldBeTrue("only the owner can give it back");

        await one.Release();

        (await two.TryTake(Ct)).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_two_that_reach_for_it_at_once_one_gets_it()
    {
        var leases = Enumerable.Range(0, 8).Select(_ => NewLease()).ToList();
        var taken = await Task.WhenAll(leases.Select(lease => lease.TryTake(Ct)));
        taken.Count(got => got).ShouldBe(1);
    }

    [Fact]
    public async Task The_inbox_forgets_what_is_old_and_keeps_what_is_young()
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
    public async Task An_inbox_writes_all_or_nothing_and_names_what_it_knew()
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

    private LeaderLease NewLease() => new(_store, Patience, _time);

    private Task<bool> Beat(LeaderLease lease) => _store.Write(lease.Beat);

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
