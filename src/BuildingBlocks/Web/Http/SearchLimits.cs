using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// Limits one kind of searches of one user: per minute, over all replicas, and at the same time, in this process. A search may look at much
/// that others read, so a few at once would hold them up.
/// </summary>
/// <param name="perMinute">How many in a minute.</param>
/// <param name="atOnce">How many at the same time.</param>
public sealed class SearchLimits(IRequestLimiter limiter, RateLimit perMinute, int atOnce, TimeProvider time) : IDisposable
{
    private const int MaxWaiting = 4;

    /// <summary>How long a search waits for the user's other ones. A part of the longest wait behind the gateway.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private readonly UserTurns _turns = new(
        atOnce, MaxWaiting, MaxWait, time, () => TooMany(atOnce));

    /// <summary>Searches, when it is its turn.</summary>
    /// <exception cref="AppError">
    /// 429 <c>rate_limited</c>, or <c>too_many_searches</c>: the user's other searches take too long; or whatever the search throws.
    /// </exception>
    public Task<T> Run<T>(HttpResponse response, long userId, Func<Task<T>> search, CancellationToken ct) =>
        limiter.Run(response, perMinute, userId.ToString(CultureInfo.InvariantCulture), async () =>
        {
            using var turn = await _turns.Begin(userId, ct);
            return await search();
        }, ct);

    /// <summary>The error of a user whose other searches take too long.</summary>
    public static AppError TooMany(int atOnce) => AppError.TooMany(
        "too_many_searches", $"A user may search {atOnce} times at the same time.", TimeSpan.FromSeconds(1));

    public void Dispose() => _turns.Dispose();
}
