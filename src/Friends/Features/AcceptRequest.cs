using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Friends.Features;

/// <summary><c>POST /friends/accept</c> and <c>POST /friends/{request_id}/accept</c></summary>
internal static class AcceptRequest
{
    public static async Task<Ok<FriendshipView>> Handle(
        RequestReference body, Caller caller, RelationStore relations, FriendProfiles profiles, CancellationToken ct) =>
        await RequestAnswers.Save(await body.PairOf(caller, relations, ct), isYes: true, caller, relations, profiles, ct);

    public static async Task<Ok<FriendshipView>> HandleById(
        [FromRoute(Name = "request_id")] long requestId, Caller caller, RelationStore relations, FriendProfiles profiles,
        CancellationToken ct) =>
        await RequestAnswers.Save(await relations.RequirePairOf(requestId, caller, ct), isYes: true, caller, relations, profiles, ct);
}
