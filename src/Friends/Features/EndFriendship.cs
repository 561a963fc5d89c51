using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Friends.Features;

/// <summary><c>DELETE /friends/{friend_id}</c>: ends the friendship for both users.</summary>
internal static class EndFriendship
{
    public static async Task<NoContent> Handle([FromRoute(Name = "friend_id")] long friendId, Caller caller, RelationStore relations)
    {
        await relations.Change(FriendProfiles.PairWith(caller, friendId), caller.UserId, (relation, now) =>
        {
            FriendRules.ThrowUnlessAllowed(relation.MayEnd());
            return relation.End(now);
        });
        return TypedResults.NoContent();
    }
}
