using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The response headers for the limit that the request was counted against.</summary>
public static class RateLimitHeaders
{
    /// <summary>Sets <c>RateLimit-Limit</c>, <c>-Remaining</c> and <c>-Reset</c>.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>: the request exceeds the limit.</exception>
    public static void Apply(this HttpResponse response, LimitVerdict verdict)
    {
        var headers = response.Headers;
        headers["RateLimit-Limit"] = Text(verdict.Limit);
        headers["RateLimit-Remaining"] = Text(verdict.Remaining);
        headers["RateLimit-Reset"] = Text((long)Math.Ceiling(verdict.Reset.TotalSeconds));
        if (!verdict.Allowed) throw AppError.TooMany("rate_limited", "These are more requests than allowed in a minute.", verdict.Reset);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
