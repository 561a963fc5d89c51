using System.Text.Json;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Friends.Domain;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;

namespace BigTech.Friends.Streaming;

/// <summary>An open friendship or request: <c>friend.added</c>, <c>request.created</c>.</summary>
internal sealed record FriendshipOpened(long Version, FriendshipView Friendship);

/// <summary>A closed one: <c>friend.removed</c>, <c>request.closed</c>. The reason is not disclosed, because it may be a block.</summary>
internal sealed record FriendshipClosed(long Version, long FriendshipId, long UserId);

/// <summary>
/// The events of a friend stream. Each contains the current state of one friendship, whatever it was before. So several changes can be sent
/// as the last one, and a repeated event is harmless.
/// </summary>
internal static class FriendEvents
{
    /// <summary>Renders changes for one of the two users.</summary>
    public static async Task<List<VersionedEvent>> Render(
        IReadOnlyList<FriendshipChange> changes, long viewerId, FriendProfiles profiles, CancellationToken ct)
    {
        var open = changes.Select(change => change.Friendship).Where(friendship => friendship.IsOpen).ToList();
        var views = (await profiles.Show(open, viewerId, ct)).ToDictionary(view => view.Id);
        return [.. changes.Select(change => change.Friendship.IsOpen
            ? Opened(new FriendshipOpened(change.Version, views[change.Friendship.Id]), change.Friendship.IsAccepted)
            : Closed(new FriendshipClosed(change.Version, change.Friendship.Id, change.Friendship.Pair.Other(viewerId)),
                change.Friendship.Status))];
    }

    private static VersionedEvent Opened(FriendshipOpened opened, bool isAccepted) => VersionedEvent.Create(
        opened.Version, isAccepted ? "friend.added" : "request.created",
        JsonSerializer.SerializeToUtf8Bytes(opened, FriendStreamJson.Wire.FriendshipOpened));

    private static VersionedEvent Closed(FriendshipClosed closed, FriendshipStatus status) => VersionedEvent.Create(
        closed.Version, status == FriendshipStatus.Ended ? "friend.removed" : "request.closed",
        JsonSerializer.SerializeToUtf8Bytes(closed, FriendStreamJson.Wire.FriendshipClosed));
}
