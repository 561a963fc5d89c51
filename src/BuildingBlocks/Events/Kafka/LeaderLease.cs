using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>
/// The right of one replica to relay a store's outbox. Its owner counts heartbeats; a replica that sees no change for the whole patience,
/// by its own stopwatch, takes over. The order of events does not depend on it (see ADR 0044): it avoids duplicate work, not data loss.
/// </summary>
internal sealed class LeaderLease(Store store, TimeSpan patience, TimeProvider time)
{
    private const string Free = "";

    // Not the host name: two replicas may have the same.
    private readonly string _me = Guid.NewGuid().ToString("N");
    private Row? _seen;
    private long _seenAt;

    private sealed record Row(string Owner, long Beats);

    /// <summary>Takes the lease when it is free or its owner has stopped its heartbeats.</summary>
    public async Task<bool> TryTake(CancellationToken ct)
    {
        var now = await store.Read(reader => reader.First<Row>("SELECT owner, beats FROM leases WHERE name = 'relay'"), ct);
        if (now != _seen)
        {
            _seen = now;
            _seenAt = time.GetTimestamp();
        }
        if (now!.Owner != Free && now.Owner != _me && time.GetElapsedTime(_seenAt) < patience) return false;
        return await store.Write(work => work.Execute(
            "UPDATE leases SET owner = @_me, beats = beats + 1 WHERE name = 'relay' AND beats = @Beats", new { _me, now.Beats })) == 1;
    }

    /// <summary>Records a heartbeat as part of a transaction. False: another replica has taken over.</summary>
    public bool Beat(UnitOfWork work) =>
        work.Execute("UPDATE leases SET beats = beats + 1 WHERE name = 'relay' AND owner = @_me", new { _me }) == 1;

    /// <summary>Lets other replicas take over at once.</summary>
    public Task Release() => store.Write(work => work.Execute(
        "UPDATE leases SET owner = @Free, beats = beats + 1 WHERE name = 'relay' AND owner = @_me", new { Free, _me }));
}
