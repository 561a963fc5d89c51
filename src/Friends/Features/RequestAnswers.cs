using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Friends.Domain;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Friends.Features;

/// <summary>What accepting and rejecting a request have in common.</summary>
internal static class RequestAnswers
{
    public static async Task<Ok<FriendshipView>> Save(
        Pair pair, bool isYes, Caller caller, RelationStore relations, FriendProfiles profiles, CancellationToken ct)
    {
        var requester = await profiles.OtherOf(pair, caller, ct);
        var change = await relations.Change(pair, caller.UserId, (relation, now) =>
        {
            FriendRules.ThrowUnlessAllowed(relation.MayAnswer(caller.UserId));
            return isYes ? relation.Accept(now) : relation.Reject(now);
        });
        return TypedResults.Ok(FriendProfiles.Show(change.After.Friendship!, requester));
    }
}
