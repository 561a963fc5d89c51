using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Friends.Domain;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Friends.Features;

/// <summary>Identifies a request by its id, or by its sender.</summary>
internal sealed record RequestReference(long? RequestId = null, long? RequesterId = null) : IHasExample
{
    public static object Example => new RequestReference(RequesterId: 1);
}

/// <param name="Action"><c>accept</c> or <c>reject</c>.</param>
internal sealed record RequestAction(string? Action) : IHasExample
{
    public static object Example => new RequestAction("accept");
}

/// <summary>Accept and reject, each with three paths.</summary>
internal static class AnswerRequest
{
    public static async Task<Ok<FriendshipView>> Accept(
        RequestReference body, Caller caller, RelationStore relations, FriendProfiles profiles, CancellationToken ct) =>
        await Answer(await PairOf(body, caller, relations, ct), isYes: true, caller, relations, profiles, ct);

    public static async Task<Ok<FriendshipView>> Reject(
        RequestReference body, Caller caller, RelationStore relations, FriendProfiles profiles, CancellationToken ct) =>
        await Answer(await PairOf(body, caller, relations, ct), isYes: false, caller, relations, profiles, ct);

    public static async Task<Ok<FriendshipView>> AcceptById(
        [FromRoute(Name = "request_id")] long requestId, Caller caller, RelationStore relations, FriendProfiles profiles,
        CancellationToken ct) =>
        await Answer(await relations.RequirePairOf(requestId, caller, ct), isYes: true, caller, relations, profiles, ct);

    public static async Task<Ok<FriendshipView>> RejectById(
        [FromRoute(Name = "request_id")] long requestId, Caller caller, RelationStore relations, FriendProfiles profiles,
        CancellationToken ct) =>
        await Answer(await relations.RequirePairOf(requestId, caller, ct), isYes: false, caller, relations, profiles, ct);

    public static Task<Ok<FriendshipView>> ByAction(
        [FromRoute(Name = "requester_user_id")] long requesterId, RequestAction body, Caller caller, RelationStore relations,
        FriendProfiles profiles,
        CancellationToken ct)
    {
        if (body.Action is not ("accept" or "reject")) throw AppError.Invalid("action", "Must be accept or reject.");
        return Answer(FriendProfiles.PairWith(caller, requesterId), body.Action == "accept", caller, relations, profiles, ct);
    }

    private static async Task<Pair> PairOf(RequestReference body, Caller caller, RelationStore relations, CancellationToken ct)
    {
        if (body.RequestId is { } requestId) return await relations.RequirePairOf(requestId, caller, ct);
        return body.RequesterId is { } requesterId
            ? FriendProfiles.PairWith(caller, requesterId)
            : throw AppError.Invalid("request_id", "Either request_id or requester_id is required.");
    }

    private static async Task<Ok<FriendshipView>> Answer(
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
