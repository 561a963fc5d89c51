using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Friends.Features;

/// <param name="Action"><c>accept</c> or <c>reject</c>.</param>
internal sealed record RequestAction(string? Action) : IHasExample
{
    public static object Example => new RequestAction("accept");
}

/// <summary><c>PUT /friends/status/{requester_user_id}</c>: accepts or rejects a user's request.</summary>
internal static class AnswerRequest
{
    public static Task<Ok<FriendshipView>> Handle(
        [FromRoute(Name = "requester_user_id")] long requesterId, RequestAction body, Caller caller, RelationStore relations,
        FriendProfiles profiles, CancellationToken ct)
    {
        if (body.Action is not ("accept" or "reject")) throw AppError.Invalid("action", "Must be accept or reject.");
        return RequestAnswers.Save(FriendProfiles.PairWith(caller, requesterId), body.Action == "accept", caller, relations, profiles, ct);
    }
}
