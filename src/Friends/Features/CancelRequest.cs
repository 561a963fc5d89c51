using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Friends.Features;

/// <summary><c>DELETE /friends/request/{target_user_id}</c>: cancels the caller's own request.</summary>
internal static class CancelRequest
{
    public static async Task<NoContent> Handle(
        [FromRoute(Name = "target_user_id")] long targetId, Caller caller, RelationStore relations)
    {
        await relations.Change(FriendProfiles.PairWith(caller, targetId), caller.UserId, (relation, now) =>
        {
            FriendRules.ThrowUnlessAllowed(relation.MayCancel(caller.UserId));
            return relation.Cancel(now);
        });
        return TypedResults.NoContent();
    }
}
