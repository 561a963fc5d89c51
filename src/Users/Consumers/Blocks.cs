using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Friends;
using BigTech.Users.Presence;

namespace BigTech.Users.Consumers;

/// <summary>
/// Maintains the User context's blocks from friend.events: search and presence hide both users from each other, even if the event for the
/// end of their friendship arrives later.
/// </summary>
internal sealed class Blocks(FriendshipReadModel ties)
{
    public void On(UserBlocked e, UnitOfWork work) => ties.SaveBlock(work, e.BlockerId, e.BlockedId, isActive: true, e.BlockedAt);

    public void On(UserUnblocked e, UnitOfWork work) => ties.SaveBlock(work, e.BlockerId, e.BlockedId, isActive: false, e.UnblockedAt);
}
