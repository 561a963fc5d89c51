namespace BigTech.Platform.Redis;

/// <summary>What became of a request that was counted.</summary>
/// <param name="Limit">How many the window takes.</param>
/// <param name="Remaining">How many it still takes.</param>
/// <param name="Reset">When it begins anew; for a request that was not allowed also the time to wait.</param>
public readonly record struct LimitVerdict(bool Allowed, int Limit, int Remaining, TimeSpan Reset)
{
    internal static LimitVerdict Of(long count, int limit, TimeSpan reset) =>
        new(count <= limit, limit, (int)Math.Max(0, limit - count), reset > TimeSpan.Zero ? reset : TimeSpan.Zero);
}

/// <summary>
/// Counts requests. A key's window opens with its first request and takes <c>limit</c> of them; the first one after its end opens the
/// next. Requests that were not allowed do not prolong it.
/// </summary>
public interface IRequestLimiter
{
    /// <summary>Counts one request.</summary>
    /// <param name="key">Whose requests are counted, such as an address.</param>
    ValueTask<LimitVerdict> Take(string key, int limit, TimeSpan window, CancellationToken ct);
}
