using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;

namespace BigTech.Friends.Features;

/// <summary>How many friend requests one user may send, and how often they may search, counted over all replicas.</summary>
internal sealed class FriendLimits(IRequestLimiter limiter, FriendsOptions options, TimeProvider time) : IDisposable
{
    private readonly RateLimit _requests = RateLimit.PerHour("friend-request", "friend requests", options.RequestsPerHour);
    private readonly SearchLimits _searches = new(
        limiter, RateLimit.PerMinute("friend-search", "searches among friends", options.SearchesPerMinute), options.SearchesAtOnce, time);

    /// <summary>Counts a request that is sent, whatever becomes of it.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> Send<T>(HttpResponse response, Caller caller, Func<Task<T>> send, CancellationToken ct) =>
        limiter.Run(response, _requests, caller.UserKey, send, ct);

    /// <inheritdoc cref="SearchLimits.Run"/>
    public Task<T> Search<T>(HttpResponse response, Caller caller, Func<Task<T>> search, CancellationToken ct) =>
        _searches.Run(response, caller.UserId, search, ct);

    public void Dispose() => _searches.Dispose();
}
