using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Friends.Domain;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;

namespace BigTech.Friends.Features;

/// <summary>Maps the rules of the domain to errors.</summary>
internal static class FriendRules
{
    public static void ThrowUnlessAllowed(FriendRule rule)
    {
        switch (rule)
        {
            case FriendRule.Allowed: return;
            case FriendRule.Blocked: throw FriendErrors.Blocked();
            case FriendRule.RequestPending: throw FriendErrors.RequestPending();
            case FriendRule.AlreadyFriends: throw FriendErrors.AlreadyFriends();
            case FriendRule.NoRequest: throw FriendErrors.RequestNotFound();
            case FriendRule.NotTheAddressee: throw FriendErrors.NotTheAddressee();
            case FriendRule.NotTheRequester: throw FriendErrors.NotTheRequester();
            case FriendRule.NotPending: throw FriendErrors.NotPending();
            case FriendRule.NotFriends: throw FriendErrors.NotFriends();
            case FriendRule.NotBlocked: throw FriendErrors.NotBlocked();
            default: throw new ArgumentOutOfRangeException(nameof(rule));
        }
    }

    /// <summary>The pair of a request; a request between other users is reported as unknown.</summary>
    /// <exception cref="AppError">404 <c>request_not_found</c>.</exception>
    public static async Task<Pair> RequirePairOf(this RelationStore relations, long requestId, Caller caller, CancellationToken ct) =>
        await relations.FindPair(requestId, ct) is { } pair && pair.Has(caller.UserId) ? pair : throw FriendErrors.RequestNotFound();
}
