using BigTech.BuildingBlocks.Web.Services;
using BigTech.Contracts.Friends;
using BigTech.Friends.Features;

namespace BigTech.Friends.Remote;

/// <summary>The friendships for other contexts, if this context runs in another process. Without a cache: an end counts at once.</summary>
internal sealed class FriendsClient(ServiceClient service) : IFriendDirectory, IDisposable
{
    // The members of a group are asked for in one call.
    public async Task<IReadOnlyList<long>> FindFriends(long userId, IReadOnlyCollection<long> ids, CancellationToken ct) =>
        await service.Ask(
            FriendInternalEndpoints.FriendsPath, new FindFriendsQuestion(userId, [.. ids]), FriendsJson.Default.FindFriendsQuestion,
            FriendsJson.Default.Int64Array, ct);

    public void Dispose() => service.Dispose();
}
