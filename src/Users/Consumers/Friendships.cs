using BigTech.Contracts.Friends;
using BigTech.Platform.Sql;
using BigTech.Users.Storage;

namespace BigTech.Users.Consumers;

/// <summary>Keeps the User context's picture of who is friends with whom up to date from friend.events: friends see each other's presence.</summary>
internal sealed class Friendships(FriendshipReadModel ties)
{
    public void On(FriendRequestAccepted e, UnitOfWork work) =>
        ties.Save(work, e.RequesterId, e.AddresseeId, isActive: true, e.AcceptedAt);

    public void On(FriendDeleted e, UnitOfWork work) => ties.Save(work, e.UserId, e.FriendId, isActive: false, e.DeletedAt);
}
