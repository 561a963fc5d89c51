using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Friends.Domain;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;

namespace BigTech.Friends.Features;

/// <summary>Identifies a request by its id or by its sender: exactly one of the two, so that none is overlooked.</summary>
/// <param name="RequestId">The <c>id</c> of the request.</param>
/// <param name="RequesterId">The user who sent it.</param>
internal sealed record RequestReference(long? RequestId = null, long? RequesterId = null) : IHasExample
{
    public static object Example => new RequestReference(RequesterId: 1);

    /// <summary>The pair of the request.</summary>
    public async Task<Pair> PairOf(Caller caller, RelationStore relations, CancellationToken ct)
    {
        if (RequestId is not null && RequesterId is not null)
        {
            const string one = "Only one of request_id and requester_id may be given.";
            throw AppError.Invalid(new Dictionary<string, string[]> { ["request_id"] = [one], ["requester_id"] = [one] });
        }
        if (RequestId is { } requestId) return await relations.RequirePairOf(requestId, caller, ct);
        return RequesterId is { } requesterId
            ? FriendProfiles.PairWith(caller, requesterId)
            : throw AppError.Invalid("request_id", "Either request_id or requester_id is required.");
    }
}
