using System.Text.Json;
using BigTech.Friends.Domain;
using BigTech.Friends.Features;
using BigTech.Platform.Streams;

namespace BigTech.Friends.Streaming;

/// <summary>A friendship or request that is there: <c>friend.added</c>, <c>request.created</c>.</summary>
internal sealed record FriendshipOpened(long Version, FriendshipView Friendship);

/// <summary>One that is over: <c>friend.removed</c>, <c>request.closed</c>. How it ended is not told, for it may have been by a block.</summary>
internal sealed record FriendshipClosed(long Version, long FriendshipId, long UserId);

/// <summary>A friendship as it became.</summary>
internal readonly record struct FriendshipChange(Friendship Friendship, long Version);

/// <summary>
/// The events of a stream of friends. Each tells what has become of one friendship, whatever it was before; so several changes may be told
/// as the last of them, and one that comes twice does no harm.
/// </summary>
internal static class FriendEvents
{
    /// <summary>The changes as one of the two sees each.</summary>
    public static async Task<List<VersionedEvent>> Render(
        IReadOnlyList<FriendshipChange> changes, long viewerId, FriendProfiles profiles, CancellationToken ct)
    {
        var open = changes.Select(change => change.Friendship).Where(friendship => friendship.IsOpen).ToList();
        var views = (await profiles.Show(open, viewerId, ct)).ToDictionary(view => view.Id);
        return [.. changes.Select(change => change.Friendship.IsOpen
            ? Opened(new FriendshipOpened(change.Version, views[change.Friendship.Id]), change.Friendship.IsAccepted)
            : Closed(new FriendshipClosed(change.Version, change.Friendship.Id, change.Friendship.Pair.Other(viewerId)), change.Friendship.Status))];
    }

    private static VersionedEvent Opened(FriendshipOpened opened, bool isAccepted) => VersionedEvent.Create(
        opened.Version, isAccepted ? "friend.added" : "request.created",
        JsonSerializer.SerializeToUtf8Bytes(opened, FriendsJson.Wire.FriendshipOpened));

    private static VersionedEvent Closed(FriendshipClosed closed, FriendshipStatus status) => VersionedEvent.Create(
        closed.Version, status == FriendshipStatus.Ended ? "friend.removed" : "request.closed",
        JsonSerializer.SerializeToUtf8Bytes(closed, FriendsJson.Wire.FriendshipClosed));
}
