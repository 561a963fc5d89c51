using BigTech.Contracts.Users;
using BigTech.Friends.Domain;

namespace BigTech.Friends.Views;

/// <summary>
/// Adds profiles to the user ids that this context stores. Profiles and presence come from the User context with each response, so they are
/// never stale copies.
/// </summary>
internal sealed class FriendProfiles(IUserDirectory directory, IPresenceDirectory presence)
{
    /// <summary>The pair of the caller and an existing user, and that user's profile.</summary>
    /// <exception cref="AppError">400 <c>self</c>, 404 <c>user_not_found</c>.</exception>
    public async Task<(Pair Pair, PersonView Other)> RequirePair(UserSession me, long otherId, CancellationToken ct)
    {
        var pair = PairWith(me, otherId);
        var found = await directory.Find([otherId], ct);
        return found.Count == 1 ? (pair, Show(found[0])) : throw FriendErrors.UserNotFound();
    }

    /// <summary>
    /// The profile of the other user of a pair. Commands read profiles before the change, so that the response cannot fail after it.
    /// </summary>
    public async Task<PersonView> OtherOf(Pair pair, UserSession me, CancellationToken ct)
    {
        var id = pair.Other(me.UserId);
        return (await Find([id], ct))[id];
    }

    /// <summary>The pair of the caller and a user who may not exist.</summary>
    /// <exception cref="AppError">400 <c>self</c>.</exception>
    public static Pair PairWith(UserSession me, long otherId) =>
        otherId == me.UserId ? throw FriendErrors.Self() : Pair.Create(me.UserId, otherId);

    public async Task<List<FriendshipView>> Show(List<Friendship> friendships, long viewerId, CancellationToken ct)
    {
        var people = await Find(friendships.Select(friendship => friendship.Pair.Other(viewerId)), ct);
        return friendships.ConvertAll(friendship => Show(friendship, people[friendship.Pair.Other(viewerId)]));
    }

    public static FriendshipView Show(Friendship friendship, PersonView other) => new(
        friendship.Id, friendship.RequesterId, friendship.AddresseeId, FriendWireNames.NameOf(friendship.Status), friendship.Message,
        friendship.RequestedAt, friendship.ChangedAt, other);

    public async Task<List<FriendView>> Show(List<Friend> friends, long viewerId, CancellationToken ct) =>
        await Show(friends, await Find(friends.Select(friend => friend.UserId), ct), viewerId, ct);

    /// <summary>Friends whose profiles a search has already found.</summary>
    public async Task<List<FriendView>> Show(
        List<Friend> friends, Dictionary<long, PersonView> people, long viewerId, CancellationToken ct)
    {
        var found = await presence.Find(viewerId, friends.ConvertAll(friend => friend.UserId), ct);
        var statuses = found.ToDictionary(status => status.UserId);
        return friends.ConvertAll(friend => Show(friend, people[friend.UserId], statuses.GetValueOrDefault(friend.UserId)));
    }

    public async Task<List<BlockView>> Show(List<Block> blocks, CancellationToken ct)
    {
        var people = await Find(blocks.Select(block => block.BlockedId), ct);
        return blocks.ConvertAll(block => Show(block, people[block.BlockedId]));
    }

    public static BlockView Show(Block block, PersonView person) =>
        new(person.UserId, person.Username, person.DisplayName, person.StatusMessage, person.ProfileImageUrl, block.At);

    private static FriendView Show(Friend friend, PersonView person, OnlineStatus? status) => new(
        person.UserId, person.Username, person.DisplayName, person.StatusMessage, person.ProfileImageUrl, friend.FriendshipId, friend.Since,
        status is null ? false : status.IsOnline, status?.LastSeenAt);

    public static PersonView Show(UserSummary user) =>
        new(user.Id, user.Username, user.DisplayName, user.StatusMessage, user.ProfileImageUrl);

    private async Task<Dictionary<long, PersonView>> Find(IEnumerable<long> ids, CancellationToken ct)
    {
        var wanted = ids.Distinct().ToList();
        var people = (await directory.Find(wanted, ct)).ToDictionary(user => user.Id, Show);
        foreach (var id in wanted) people.TryAdd(id, Unknown(id));
        return people;
    }

    /// <summary>A user whose account was deleted keeps their place in lists, so that pages and totals agree.</summary>
    private static PersonView Unknown(long id)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"user{id}");
        return new PersonView(id, name, name, null, null);
    }
}
