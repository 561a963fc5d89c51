using System.Text.Json;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Friends.Domain;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;

namespace BigTech.Friends.Streaming;

/// <summary>An open friendship or request, as it is now: its status says which of the two.</summary>
/// <param name="Version">The version of the user's friendships after it.</param>
/// <param name="Friendship">The friendship.</param>
internal sealed record FriendshipOpened(long Version, FriendshipView Friendship);

/// <summary>A friendship or a request has ended. The reason is not disclosed, because it may be a block.</summary>
/// <param name="Version">The version of the user's friendships after it.</param>
/// <param name="FriendshipId">The id of the friendship.</param>
/// <param name="UserId">The other user.</param>
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
        opened.Version, isAccepted ? FriendStreamEvent.Added : FriendStreamEvent.RequestCreated,
        JsonSerializer.SerializeToUtf8Bytes(opened, FriendStreamJson.Wire.FriendshipOpened));

    private static VersionedEvent Closed(FriendshipClosed closed, FriendshipStatus status) => VersionedEvent.Create(
        closed.Version, status == FriendshipStatus.Ended ? FriendStreamEvent.Removed : FriendStreamEvent.RequestClosed,
        JsonSerializer.SerializeToUtf8Bytes(closed, FriendStreamJson.Wire.FriendshipClosed));
}
