namespace BigTech.BuildingBlocks.Core;

/// <summary>The result of counting a request.</summary>
/// <param name="Limit">The number of requests per window.</param>
/// <param name="Remaining">The number of requests left in the window.</param>
/// <param name="Reset">The time until the window ends; for a request that was not allowed also the time to wait.</param>
public readonly record struct LimitVerdict(bool Allowed, int Limit, int Remaining, TimeSpan Reset)
{
    /// <summary>The verdict for the request that was counted last.</summary>
    public static LimitVerdict From(long count, int limit, TimeSpan reset) =>
        new(count <= limit, limit, (int)Math.Max(0, limit - count), reset > TimeSpan.Zero ? reset : TimeSpan.Zero);
}

/// <summary>
/// Counts requests. A key's window opens with its first request and allows <c>limit</c> requests; the first request after its end opens the
/// next. Requests that were not allowed do not extend it.
/// </summary>
public interface IRequestLimiter
{
    /// <summary>Counts one request.</summary>
    /// <param name="key">The counted caller, such as an address.</param>
    ValueTask<LimitVerdict> Take(string key, int limit, TimeSpan window, CancellationToken ct);
}
