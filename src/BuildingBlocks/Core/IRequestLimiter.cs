namespace BigTech.BuildingBlocks.Core;

/// <summary>The result of counting a request.</summary>
/// <param name="Limit">The number of requests per window.</param>
/// <param name="Remaining">The number of requests left in the window.</param>
/// <param name="Reset">The time until the window ends; for a request that was not allowed also the time to wait.</param>
/// <param name="IsLocal">Whether this process has counted it for itself, and not for all replicas.</param>
public readonly record struct LimitVerdict(bool Allowed, int Limit, int Remaining, TimeSpan Reset, bool IsLocal = false)
{
    /// <param name="count">What the window has counted, with this request if it was allowed.</param>
    public static LimitVerdict From(bool allowed, long count, int limit, TimeSpan reset, bool isLocal = false) =>
        new(allowed, limit, (int)Math.Max(0, limit - count), reset > TimeSpan.Zero ? reset : TimeSpan.Zero, isLocal);
}

/// <summary>
/// Counts requests. A key's window opens with its first request and allows <c>limit</c> requests; the first request after its end opens the
/// next. Requests that were not allowed do not extend it, and are not counted.
/// </summary>
public interface IRequestLimiter
{
    /// <summary>Counts one request.</summary>
    /// <param name="key">The counted caller, such as an address.</param>
    ValueTask<LimitVerdict> Take(string key, int limit, TimeSpan window, CancellationToken ct) => Take(key, 1, limit, window, ct);

    /// <summary>Counts one request for several things, such as members to add: all of them are allowed or none.</summary>
    /// <param name="amount">How many things.</param>
    ValueTask<LimitVerdict> Take(string key, int amount, int limit, TimeSpan window, CancellationToken ct);

    /// <summary>
    /// Counts less again, for a request that was allowed here and refused later. A window that has begun since does not change.
    /// </summary>
    /// <param name="taken">The verdict of that request.</param>
    ValueTask GiveBack(string key, int amount, LimitVerdict taken);
}
