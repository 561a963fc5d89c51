using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;

namespace BigTech.Friends.Features;

/// <summary>How many friend requests one user may send, counted over all replicas.</summary>
internal sealed class FriendLimits(IRequestLimiter limiter, FriendsOptions options)
{
    private readonly RateLimit _requests = RateLimit.PerHour("friend-request", "friend requests", options.RequestsPerHour);

    /// <summary>Counts a request that is sent, whatever becomes of it.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> Send<T>(HttpResponse response, Caller caller, Func<Task<T>> send, CancellationToken ct) =>
        limiter.Run(response, _requests, caller.UserKey, send, ct);
}
