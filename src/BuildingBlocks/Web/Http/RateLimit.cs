using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>How often somebody may do something.</summary>
/// <param name="Key">The prefix of the counters' keys.</param>
/// <param name="What">What is counted, for the error.</param>
/// <param name="Max">How many in a window; 0: no limit.</param>
public sealed record RateLimit(string Key, string What, int Max, TimeSpan Window)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static RateLimit PerMinute(string key, string what, int max) => new(key, what, max, Minute);

    public static RateLimit PerHour(string key, string what, int max) => new(key, what, max, Hour);

    internal string MaxText { get; } = Max.ToString(CultureInfo.InvariantCulture);

    internal string Refusal => string.Create(
        CultureInfo.InvariantCulture, $"At most {Max} {What} are allowed {(Window == Hour ? "an hour" : "a minute")}.");
}

public static class RateLimits
{
    // Every answer carries two of them.
    private static readonly string[] SmallNumbers =
        [.. Enumerable.Range(0, 4000).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Counts something that this caller does, and writes what is left to the <c>RateLimit-*</c> headers.</summary>
    /// <param name="who">The caller, such as a user id or an address.</param>
    /// <exception cref="AppError">429 <c>rate_limited</c>: it exceeds the limit, and is not counted.</exception>
    public static ValueTask Take(
        this IRequestLimiter limiter, HttpResponse response, RateLimit limit, string who, CancellationToken ct, int amount = 1)
    {
        if (limit.Max == 0 || amount == 0) return ValueTask.CompletedTask;
        var taken = limiter.Take($"{limit.Key}:{who}", amount, limit.Max, limit.Window, ct);
        if (!taken.IsCompletedSuccessfully) return Wait(taken, response, limit);
        Apply(response, limit, taken.Result);
        return ValueTask.CompletedTask;
    }

    /// <summary>Does what a limit allows. What is refused while it is done is not counted.</summary>
    /// <param name="counts">Refusals that are counted nevertheless, as wrong guesses.</param>
    /// <exception cref="AppError">429 <c>rate_limited</c>, or whatever the work throws.</exception>
    public static async Task<T> Run<T>(
        this IRequestLimiter limiter, HttpResponse response, RateLimit limit, string who, Func<Task<T>> work, CancellationToken ct,
        int amount = 1, ErrorKind? counts = null)
    {
        if (limit.Max == 0 || amount == 0) return await work();
        var key = $"{limit.Key}:{who}";
        var taken = await limiter.Take(key, amount, limit.Max, limit.Window, ct);
        Apply(response, limit, taken);
        try
        {
            return await work();
        }
        catch (AppError error) when (error.Kind != counts)
        {
            await limiter.GiveBack(key, amount, taken);
            // Of several limits, the headers tell of the one that refused.
            if (error.Kind != ErrorKind.RateLimited) Apply(response, limit, taken with { Remaining = taken.Remaining + amount });
            throw;
        }
    }

    private static async ValueTask Wait(ValueTask<LimitVerdict> taken, HttpResponse response, RateLimit limit) =>
        Apply(response, limit, await taken);

    private static void Apply(HttpResponse response, RateLimit limit, LimitVerdict verdict)
    {
        var headers = response.Headers;
        headers["RateLimit-Limit"] = limit.MaxText;
        headers["RateLimit-Remaining"] = Text(verdict.Remaining);
        headers["RateLimit-Reset"] = Text((int)Math.Ceiling(verdict.Reset.TotalSeconds));
        if (!verdict.Allowed) throw AppError.TooMany("rate_limited", limit.Refusal, verdict.Reset, verdict.Limit);
    }

    private static string Text(int number) =>
        number < SmallNumbers.Length ? SmallNumbers[number] : number.ToString(CultureInfo.InvariantCulture);
}
