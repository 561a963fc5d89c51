using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Friends.Features;

/// <summary><c>DELETE /friends/unblock/{user_id}</c>: removes the caller's own block; what it ended stays ended.</summary>
internal static class UnblockUser
{
    public static async Task<NoContent> Handle([FromRoute(Name = "user_id")] long userId, Caller caller, RelationStore relations)
    {
        await relations.Change(FriendProfiles.PairWith(caller, userId), caller.UserId, (relation, _) =>
        {
            FriendRules.ThrowUnlessAllowed(relation.MayUnblock(caller.UserId));
            return relation.Unblock(caller.UserId);
        });
        return TypedResults.NoContent();
    }
}
