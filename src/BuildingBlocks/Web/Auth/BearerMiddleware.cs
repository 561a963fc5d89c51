using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>
/// Bearer tokens (RFC 6750): an endpoint that requires authorization only runs with a known <see cref="Caller"/>. It replaces the
/// framework's authentication and authorization: no schemes, policies or principals are used here, and they cost time on every request.
/// <see cref="EndpointGuard"/> rejects endpoints that require more than a signed-in user. Some endpoints also accept a ticket or a cookie:
/// of several proofs the first of header, ticket and cookie counts, and the others are not looked at.
/// </summary>
internal sealed class BearerMiddleware(
    RequestDelegate next, BearerTokens tokens, IStreamTickets tickets, BrowserSessionCookies cookies, SessionRevocations revocations)
{
    private const string Prefix = "Bearer ";
    private const string Ticket = "ticket";

    public Task Invoke(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<IAuthorizeData>() is null) return next(context);
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count == 1 && authorization[0] is { } value && value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            // The request limits have checked the token already, where they are on.
            return context.Features.Get<Caller>() is not null
                ? next(context)
                : Go(context, tokens.Authenticate(value.AsSpan(Prefix.Length)), BearerChallenge.For);
        }
        if (metadata.GetMetadata<AcceptsTicket>() is not null && context.Request.Query.TryGetValue(Ticket, out var ticket))
        {
            return GoByTicket(context, ticket is [{ Length: > 0 } given] ? given : null);
        }
        if (authorization.Count == 0 && metadata.GetMetadata<AcceptsBrowserSession>() is not null
            && HttpMethods.IsGet(context.Request.Method) && context.Request.Cookies[BrowserSessionCookies.Name] is { Length: > 0 } cookie)
        {
            return GoByCookie(context, cookie);
        }
        return Go(context, null, BearerChallenge.For);
    }

    private async Task GoByTicket(HttpContext context, string? ticket)
    {
        var caller = ticket is null ? null : await tickets.Find(ticket);
        if (ticket is not null) context.Features.Set<IPresentedTicket>(new PresentedTicket(ticket, tickets));
        await Go(context, caller is null || revocations.IsRevoked(caller.SessionId) ? null : caller, static _ => PresentedTicket.Invalid());
    }

    private async Task GoByCookie(HttpContext context, string cookie) =>
        await Go(context, await cookies.Find(cookie, context.RequestAborted), BrowserSessionEnded);

    private Task Go(HttpContext context, Caller? caller, Func<HttpContext, AppError> refusal)
    {
        if (caller is not null)
        {
            context.Features.Set(caller);
            return next(context);
        }
        return context.GetEndpoint()?.Metadata.GetMetadata<AcceptsOtherProof>() is not null
            ? next(context)
            : ProblemMiddleware.Write(context, refusal(context));
    }

    private static AppError BrowserSessionEnded(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return BrowserSessionEnded();
    }

    internal static AppError BrowserSessionEnded() => AppError.Unauthorized(
        "browser_session_ended", "The cookie is not genuine, or its session has ended. Sign in again.");
}
