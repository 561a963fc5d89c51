using BigTech.Friends.Features;
using BigTech.Friends.Storage;
using BigTech.Platform.Auth;
using BigTech.Platform.Streams;
using Microsoft.AspNetCore.Http;

namespace BigTech.Friends.Streaming;

/// <summary>A user's live view of his friends and requests.</summary>
internal sealed class FriendStream(
    HttpContext http, Caller caller, FriendLists lists, FriendProfiles profiles, FriendFeed feed, StreamRegistry registry)
    : VersionedStream(http, caller, IdName, "/friends", registry)
{
    /// <summary>What the ids of these streams begin with.</summary>
    public const char IdName = 'f';

    /// <summary>Beyond this many changes a client starts over.</summary>
    private const int MaxGap = 10_000;

    protected override Task Join(CancellationToken ct)
    {
        feed.Join(this);
        return Task.CompletedTask;
    }

    protected override async Task<VersionedReplay> Missed(long since, CancellationToken ct)
    {
        var (version, changes) = await lists.ChangedSince(Caller.UserId, since, MaxGap + 1, ct);
        if (changes.Count > MaxGap) return new VersionedReplay(version, null);
        // Who begins at the beginning has nothing that could have ended.
        if (since == 0) changes.RemoveAll(change => !change.Friendship.IsOpen);
        return new VersionedReplay(version, await FriendEvents.Render(changes, Caller.UserId, profiles, ct));
    }

    protected override void Leave() => feed.Leave(this);
}
