using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Friends;
using BigTech.Users.Presence;

namespace BigTech.Users.Consumers;

/// <summary>Maintains the User context's friendships from friend.events: friends see each other's presence.</summary>
internal sealed class Friendships(FriendshipReadModel ties)
{
    public void On(FriendRequestAccepted e, UnitOfWork work) =>
        ties.Save(work, e.RequesterId, e.AddresseeId, isActive: true, e.AcceptedAt);

    public void On(FriendDeleted e, UnitOfWork work) => ties.Save(work, e.UserId, e.FriendId, isActive: false, e.DeletedAt);
}
