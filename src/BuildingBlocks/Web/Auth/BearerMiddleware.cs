using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Auth;

/// <summary>
/// Bearer tokens (RFC 6750): an endpoint that requires authorization only runs with a known <see cref="Caller"/>. It replaces the
/// framework's authentication and authorization: no schemes, policies or principals are used here, and they cost time on every request.
/// <see cref="EndpointGuard"/> rejects endpoints that require more than a signed-in user.
/// </summary>
internal sealed class BearerMiddleware(RequestDelegate next, BearerTokens tokens, IStreamTickets tickets, SessionRevocations revocations)
{
    private const string Prefix = "Bearer ";

    public Task Invoke(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<IAuthorizeData>() is null) return next(context);
        var acceptsTicket = metadata.GetMetadata<AcceptsTicket>() is not null;
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count == 1 && authorization[0] is { } value && value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            // The request limits have checked the token already, where they are on.
            return context.Features.Get<Caller>() is not null
                ? next(context)
                : Go(context, tokens.Authenticate(value.AsSpan(Prefix.Length)), acceptsTicket);
        }
        return acceptsTicket && context.Request.Query["ticket"] is [{ Length: > 0 } ticket]
            ? FindAndGo(context, ticket)
            : Challenge(context, acceptsTicket);
    }

    private async Task FindAndGo(HttpContext context, string ticket)
    {
        var caller = await tickets.Find(ticket);
        context.Features.Set<IPresentedTicket>(new PresentedTicket(ticket, tickets));
        await Go(context, caller is null || revocations.IsRevoked(caller.SessionId) ? null : caller, acceptsTicket: true);
    }

    private Task Go(HttpContext context, Caller? caller, bool acceptsTicket)
    {
        if (caller is null) return Challenge(context, acceptsTicket);
        context.Features.Set(caller);
        return next(context);
    }

    private Task Challenge(HttpContext context, bool acceptsTicket)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<AcceptsOtherProof>() is not null) return next(context);
        if (acceptsTicket && context.Request.Query.ContainsKey("ticket"))
        {
            return ProblemMiddleware.Write(context, PresentedTicket.Invalid());
        }
        return ProblemMiddleware.Write(context, BearerChallenge.For(context));
    }
}
