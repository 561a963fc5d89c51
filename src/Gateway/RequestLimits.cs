using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using Microsoft.AspNetCore.Http;

namespace BigTech.Gateway;

/// <summary>
/// Limits requests per minute, on every port: users with a valid token, ticket or cookie by user id, from any address; all others by
/// address or network. Requests of the product's own processes were counted where they came in. What begins, renews or ends a session has
/// limits of its own: many users share one address, and whatever one of them does must not keep the others out. The contexts have further
/// limits for what costs more.
/// </summary>
internal sealed class RequestLimits(
    IRequestLimiter limiter, BearerTokens tokens, IStreamTickets tickets, BrowserSessionCookies cookies, ServiceKeys keys,
    GatewayOptions options)
{
    private const string Bearer = "Bearer ";

    private readonly RateLimit _user = RateLimit.PerMinute("user", "requests", options.UserPerMinute);
    private readonly RateLimit _anonymous = RateLimit.PerMinute("address", "requests without a token", options.AnonymousPerMinute);
    private readonly RateLimit _refresh = RateLimit.PerMinute("refresh-address", "renewals", options.AnonymousPerMinute);
    private readonly RateLimit _signIn = RateLimit.PerMinute("sign-in-address", "sign-ins and sign-ups", options.AnonymousPerMinute);
    private readonly RateLimit _mail = RateLimit.PerMinute("mail-address", "requests for mails or with codes", options.AnonymousPerMinute);
    private readonly RateLimit _cookie = RateLimit.PerMinute("cookie-address", "new cookies", options.AnonymousPerMinute);
    private readonly RateLimit _signOut = RateLimit.PerMinute("sign-out-address", "log-outs", options.AnonymousPerMinute);

    /// <summary>Whether there is any limit.</summary>
    public bool AreSet => options.AnonymousPerMinute > 0 || options.UserPerMinute > 0;

    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask Take(HttpContext context)
    {
        var request = context.Request;
        if (keys.HolderOf(request.Headers) != KeyHolder.None) return ValueTask.CompletedTask;
        if (FindCaller(request) is { } caller)
        {
            // The authentication of the endpoint need not check the token again.
            context.Features.Set(caller);
            return TakeFor(caller, context);
        }
        if (request.Query.TryGetValue("ticket", out var ticket) && ticket is [{ Length: > 0 } text])
        {
            return TakeFor(tickets.Find(text), context);
        }
        // No proof of the caller: it only says with whom the request counts. A change is never by cookie.
        return HttpMethods.IsGet(request.Method) && request.Headers.Authorization.Count == 0
            && request.Cookies[BrowserSessionCookies.Name] is { Length: > 0 } cookie
            ? TakeForCookie(cookie, context)
            : TakeForAddress(context);
    }

    /// <summary>Each unknown value is a question to the User context: a flood of invented ones does not get that far.</summary>
    private async ValueTask TakeForCookie(string cookie, HttpContext context)
    {
        if (!cookies.IsKnown(cookie)) await TakeForAddress(_cookie, context);
        await TakeFor(cookies.Find(cookie, context.RequestAborted), context);
    }

    private ValueTask TakeFor(Caller caller, HttpContext context) =>
        limiter.Take(context.Response, _user, caller.UserKey, context.RequestAborted);

    private ValueTask TakeForAddress(HttpContext context) => TakeForAddress(LimitOf(context.Request), context);

    private ValueTask TakeForAddress(RateLimit limit, HttpContext context)
    {
        var address = ClientAddress.From(context) is { } known ? ClientAddress.Network(known) : "unknown";
        return limiter.Take(context.Response, limit, address, context.RequestAborted);
    }

    /// <summary>By the path as routing takes it: in any case, and with a slash at its end.</summary>
    private RateLimit LimitOf(HttpRequest request) =>
        !HttpMethods.IsPost(request.Method) ? _anonymous : request.Path.Value?.TrimEnd('/').ToLowerInvariant() switch
        {
            "/auth/refresh" => _refresh,
            "/auth/login" or "/auth/login/json" or "/auth/register" => _signIn,
            "/auth/logout" => _signOut,
            "/auth/password/forgot" or "/auth/password/reset" or "/auth/email/verify" or "/auth/email/resend" => _mail,
            _ => _anonymous,
        };

    private async ValueTask TakeFor(ValueTask<Caller?> finding, HttpContext context)
    {
        Caller? found = null;
        try
        {
            found = await finding;
        }
        catch (AppError)
        {
            // Tickets or sessions cannot be looked up now. The endpoint reports that; here the caller counts as anonymous.
        }
        if (found is { } caller) await TakeFor(caller, context);
        else await TakeForAddress(context);
    }

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
}
