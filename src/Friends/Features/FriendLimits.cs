using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;

namespace BigTech.Friends.Features;

/// <summary>How many friend requests one user may send, counted over all replicas.</summary>
internal sealed class FriendLimits(IRequestLimiter limiter, FriendsOptions options)
{
    private readonly RateLimit _requests = RateLimit.PerHour("friend-request", "friend requests", options.RequestsPerHour);

    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeRequest(HttpResponse response, Caller caller, CancellationToken ct) =>
        limiter.Take(response, _requests, caller.UserKey, ct);
}
