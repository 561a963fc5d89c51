using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Friends.Features;

/// <summary>The answer to a friend request.</summary>
/// <param name="Action"><c>accept</c> makes the two friends, <c>reject</c> ends the request.</param>
internal sealed record RequestAction([property: AllowedValues(RequestAction.Accept, RequestAction.Reject)] string? Action) : IHasExample
{
    public const string Accept = "accept";
    public const string Reject = "reject";

    public static object Example => new RequestAction(Accept);
}

/// <summary><c>PUT /friends/status/{requester_user_id}</c>: accepts or rejects a user's request.</summary>
internal static class AnswerRequest
{
    public static Task<Ok<FriendshipView>> Handle(
        [FromRoute(Name = "requester_user_id")] long requesterId, RequestAction body, Caller caller, RelationStore relations,
        FriendProfiles profiles, CancellationToken ct)
    {
        if (body.Action is not (RequestAction.Accept or RequestAction.Reject))
        {
            throw AppError.Invalid("action", "Must be accept or reject.");
        }
        return RequestAnswers.Save(
            FriendProfiles.PairWith(caller, requesterId), body.Action == RequestAction.Accept, caller, relations, profiles, ct);
    }
}
