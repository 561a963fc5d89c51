using BigTech.BuildingBlocks.Streaming;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;

namespace BigTech.Friends.Streaming;

/// <summary>The live stream of a user's friends and requests.</summary>
internal sealed class FriendStream(
    HttpContext http, UserSession caller, FriendLists lists, FriendProfiles profiles, FriendFeed feed, StreamRegistry registry)
    : VersionedStream(http, caller, IdName, "/friends", registry)
{
    /// <summary>The prefix of the ids of these streams.</summary>
    public const char IdName = 'f';

    /// <summary>With more changes the client starts over.</summary>
    private const int MaxGap = 10_000;

    public override string Kind => "friends";

    protected override Task Join(CancellationToken ct)
    {
        feed.Join(this);
        return Task.CompletedTask;
    }

    protected override async Task<VersionedReplay> Missed(long? since, CancellationToken ct)
    {
        var (version, changes) = await lists.ChangedSince(Caller.UserId, since ?? long.MaxValue, MaxGap + 1, ct);
        if (changes.Count > MaxGap) return new VersionedReplay(version, null);
        // A client that starts at 0 knows of no friendship that could have ended.
        if (since == 0) changes.RemoveAll(change => !change.Friendship.IsOpen);
        return new VersionedReplay(version, await FriendEvents.Render(changes, Caller.UserId, profiles, ct));
    }

    protected override void Leave() => feed.Leave(this);
}
