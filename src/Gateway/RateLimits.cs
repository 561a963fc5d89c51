using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;

namespace BigTech.Gateway;

/// <summary>
/// Limits requests per minute: users with a valid token by user id, from any address; all others by address or network. Every response
/// states how many requests are left.
/// </summary>
internal sealed class RateLimits(IRequestLimiter limiter, BearerTokens tokens, int anonymousPerMinute, int userPerMinute)
{
    private const string Bearer = "Bearer ";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Whether there is any limit.</summary>
    public bool AreSet => anonymousPerMinute > 0 || userPerMinute > 0;

    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public async ValueTask Take(HttpContext context)
    {
        var (key, limit) = WhoAsks(context);
        if (limit == 0) return;
        context.Response.Apply(await limiter.Take(key, limit, Window, context.RequestAborted));
    }

    private (string Key, int Limit) WhoAsks(HttpContext context) => FindCaller(context.Request) is { } caller
        ? ($"user:{Text(caller.UserId)}", userPerMinute)
        : ($"address:{(ClientAddress.From(context) is { } address ? ClientAddress.Network(address) : "unknown")}", anonymousPerMinute);

    private Caller? FindCaller(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } value] || !value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            return tokens.Authenticate(value.AsSpan(Bearer.Length));
        }
        catch (AppError)
        {
            // The keys to check the token are not available yet. The service reports that; here the caller counts as anonymous.
            return null;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
