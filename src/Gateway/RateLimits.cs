using System.Globalization;
using BigTech.Platform;
using BigTech.Platform.Auth;
using BigTech.Platform.Redis;
using BigTech.Platform.Http;
using Microsoft.AspNetCore.Http;

namespace BigTech.Gateway;

/// <summary>
/// How many requests a minute one may make: a user who shows a token that is in force, by his id and from wherever; everybody else, by his
/// address or network. Every answer says how many are left.
/// </summary>
internal sealed class RateLimits(IRequestLimiter limiter, BearerTokens tokens, int anonymousPerMinute, int userPerMinute)
{
    private const string Bearer = "Bearer ";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Whether anybody is limited at all.</summary>
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
        : ($"address:{(ClientAddress.Of(context) is { } address ? ClientAddress.Network(address) : "unknown")}", anonymousPerMinute);

    private Caller? FindCaller(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } value] || !value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            return tokens.Authenticate(value.AsSpan(Bearer.Length));
        }
        catch (AppError)
        {
            // No keys to check it with yet: the service will say so; here he counts as anybody.
            return null;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
