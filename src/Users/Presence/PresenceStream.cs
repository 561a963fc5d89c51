using BigTech.BuildingBlocks.Streaming;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Presence;

/// <summary>
/// The live stream of a user's friends' presence. Each event contains the whole state of one friend; a former friend looks like a stranger.
/// </summary>
internal sealed class PresenceStream(HttpContext http, UserSession caller, PresenceStore store, PresenceHub hub, StreamRegistry registry)
    : VersionedStream(http, caller, IdName, "/online-status", registry)
{
    /// <summary>The prefix of the ids of these streams.</summary>
    public const char IdName = 'p';

    private int _friendshipsChanged;

    public override string Kind => "presence";

    /// <summary>The friendships that the stream shows or has shown; guarded by the hub's lock.</summary>
    public Dictionary<long, FriendVisibility> Friendships { get; } = [];

    /// <summary>Makes the stream read which friends its user may see, and then their changes.</summary>
    public void RefreshFriendships()
    {
        Volatile.Write(ref _friendshipsChanged, 1);
        Look();
    }

    protected override async Task Join(CancellationToken ct)
    {
        hub.Join(this);
        hub.Watch(this, await store.FindFriendships(Caller.UserId, ct));
    }

    protected override async Task CatchUp(CancellationToken ct)
    {
        // First the friendships, so that no later change of these friends is missed.
        if (Interlocked.Exchange(ref _friendshipsChanged, 0) == 1) await WatchFriendships(ct);
        await base.CatchUp(ct);
    }

    private async Task WatchFriendships(CancellationToken ct)
    {
        try
        {
            hub.Watch(this, await store.FindFriendships(Caller.UserId, ct));
        }
        catch
        {
            Volatile.Write(ref _friendshipsChanged, 1);
            throw;
        }
    }

    protected override Task LookAgain(CancellationToken ct)
    {
        Volatile.Write(ref _friendshipsChanged, 1);
        return CatchUp(ct);
    }

    protected override async Task<VersionedReplay> Missed(long? since, CancellationToken ct) =>
        await store.Missed(Caller.UserId, since ?? long.MaxValue, ct);

    protected override void Leave() => hub.Leave(this);
}
