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

    private const int PageSize = 200;

    public override string Kind => "friends";

    protected override Task Join(CancellationToken ct)
    {
        feed.Join(this);
        return Task.CompletedTask;
    }

    protected override async Task<VersionedReplay> Missed(long? since, CancellationToken ct)
    {
        var (version, changes) = await lists.CountChangedSince(Caller.UserId, since ?? long.MaxValue, MaxGap + 1, ct);
        return changes > MaxGap
            ? new VersionedReplay(version, null)
            : await ReadPage(since, since ?? long.MaxValue, head: version, ct);
    }

    /// <param name="head">The version before the first page was read.</param>
    private async Task<VersionedReplay> ReadPage(long? since, long after, long head, CancellationToken ct)
    {
        var (version, changes) = await lists.ChangedSince(Caller.UserId, after, PageSize, ct);
        long? last = changes.Count == PageSize ? changes[^1].Version : null;
        // A client that starts at 0 knows of no friendship that had ended before; one that ends meanwhile may be in a page that it has.
        if (since == 0) changes.RemoveAll(change => !change.Friendship.IsOpen && change.Version <= head);
        return new VersionedReplay(version, await FriendEvents.Render(changes, Caller.UserId, profiles, ct))
        {
            ReadMore = last is { } behind ? more => ReadPage(since, behind, head, more) : null,
        };
    }

    protected override void Leave() => feed.Leave(this);
}
