using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary>
/// Limits the searches of one user: per minute, over all replicas, and at the same time, in this one. A search may look at every account,
/// so a few at once would hold up what others read.
/// </summary>
internal sealed class SearchLimits(IRequestLimiter limiter, UsersOptions options, TimeProvider time) : IDisposable
{
    private const int MaxWaiting = 4;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);

    private readonly RateLimit _perMinute = RateLimit.PerMinute("search", "searches", options.SearchesPerMinute);
    private readonly UserTurns _turns = new(
        options.SearchesAtOnce, MaxWaiting, MaxWait, time,
        () => AppError.TooMany(
            "too_many_searches", $"A user may search {options.SearchesAtOnce} times at the same time.", TimeSpan.FromSeconds(1)));

    /// <summary>Counts a search and waits for its turn; it ends when the result is disposed.</summary>
    /// <exception cref="AppError">
    /// 429 <c>rate_limited</c>, or <c>too_many_searches</c>: the user's other searches take too long.
    /// </exception>
    public async ValueTask<IDisposable> Begin(HttpResponse response, Caller caller, CancellationToken ct)
    {
        await limiter.Take(response, _perMinute, caller.UserKey, ct);
        return await _turns.Begin(caller.UserId, ct);
    }

    public void Dispose() => _turns.Dispose();
}
