using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>
/// Runs a relay for every store of this process that publishes. With a backplane, a replica that does not relay signals its commits; the
/// leader would otherwise see them at its next poll.
/// </summary>
internal sealed class RelayHost : WorkerService
{
    private readonly IBackplane _backplane;
    private readonly List<(Store Store, OutboxRelay Relay)> _relays;

    public RelayHost(KafkaBus bus, IBackplane backplane, IEnumerable<PublishedTopic> topics)
    {
        _backplane = backplane;
        _relays = [.. topics.GroupBy(published => published.Store,
            published => published.Topic).Select(store => (store.Key, bus.Relay(store.Key, [.. store])))];
        foreach (var (store, relay) in _relays) backplane.Subscribe(ChannelOf(store), _ => relay.Wake(), relay.Wake);
    }

    protected override Task Run(CancellationToken ct) => Task.WhenAll(
        _relays.Select(one => one.Relay.Run(ct)).Concat(_relays.Select(one => WakeOnAppend(one.Store, one.Relay, ct))));

    private async Task WakeOnAppend(Store store, OutboxRelay relay, CancellationToken ct)
    {
        if (!_backplane.IsClustered) return;
        var appended = store.Log.NextAppend();
        while (true)
        {
            await appended.WaitAsync(ct);
            appended = store.Log.NextAppend();
            if (!relay.IsLeader) _backplane.Publish(ChannelOf(store), "appended");
        }
    }

    private static string ChannelOf(Store store) => $"outbox.{store.Name}";
}
