using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Storage.Coherence;
using BigTech.Contracts.Friends;

namespace BigTech.Chat.Consumers;

/// <summary>Updates Chat's blocks from friend.events: a block closes the 1:1 room for sending.</summary>
internal sealed class Blocks(BlockedPairs pairs)
{
    public void On(UserBlocked e, UnitOfWork work) => pairs.Save(work, e.BlockerId, e.BlockedId, isActive: true, e.BlockedAt);

    public void On(UserUnblocked e, UnitOfWork work) => pairs.Save(work, e.BlockerId, e.BlockedId, isActive: false, e.UnblockedAt);
}
