using BigTech.BuildingBlocks.Events.Kafka;
using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Tests.Integration.Events;

/// <summary>The lease by which one replica at a time relays the events of a store.</summary>
public sealed class LeaderLeaseTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly GroupStores _stores = new();
    private readonly ManualTime _time = new();
    private readonly Store _store;

    public LeaderLeaseTests() => _store = _stores.Of("store");

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

    private LeaderLease NewLease() => new(_store, Patience, _time);

    private Task<bool> Beat(LeaderLease lease) => _store.Write(lease.Beat);
}
