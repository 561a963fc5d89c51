using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Friends.Domain;
using BigTech.Friends.Storage;

namespace BigTech.Friends.Features;

/// <summary>Maps the rules of the domain to errors.</summary>
internal static class FriendRules
{
    public static void ThrowUnlessAllowed(FriendRule rule)
    {
        switch (rule)
        {
            case FriendRule.Allowed: return;
            case FriendRule.Blocked: throw AppError.Forbidden("blocked", "This is not possible with this user.");
            case FriendRule.RequestPending: throw AppError.Conflict("request_pending", "Your last request to this user is still open.");
            case FriendRule.AlreadyFriends: throw AppError.Conflict("already_friends", "You are friends already.");
            case FriendRule.NoRequest: throw UnknownRequest();
            case FriendRule.NotTheAddressee:
                throw AppError.Forbidden(
                "not_the_addressee", "Only the one who was asked may answer a request.");
            case FriendRule.NotTheRequester:
                throw AppError.Forbidden(
                "not_the_requester", "Only the one who asked may take a request back.");
            case FriendRule.NotPending: throw AppError.Conflict("not_pending", "The request is no longer open.");
            case FriendRule.NotFriends: throw AppError.NotFound("not_friends", "You are not friends with this user.");
            case FriendRule.NotBlocked: throw AppError.NotFound("not_blocked", "You have not blocked this user.");
            default: throw new ArgumentOutOfRangeException(nameof(rule));
        }
    }

    public static AppError UnknownRequest() => AppError.NotFound("request_not_found", "There is no such request.");

    /// <summary>The pair of a request; a request between other users is reported as unknown.</summary>
    /// <exception cref="AppError">404 <c>request_not_found</c>.</exception>
    public static async Task<Pair> RequirePairOf(this RelationStore relations, long requestId, Caller caller, CancellationToken ct) =>
        await relations.FindPair(requestId, ct) is { } pair && pair.Has(caller.UserId) ? pair : throw UnknownRequest();
}
