using BigTech.Platform.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BigTech.Platform.Auth;

/// <summary>Marks an endpoint that also accepts a <c>?ticket=</c>: a stream that a browser's EventSource opens.</summary>
public sealed class AcceptsTicket;

/// <summary>The ticket of a request. It is spent when the stream is accepted; a stream that is rejected does not spend it.</summary>
internal sealed record PresentedTicket(string Text, IStreamTickets Tickets)
{
    /// <exception cref="AppError">401: another stream has spent it meanwhile.</exception>
    public async ValueTask Spend()
    {
        if (await Tickets.Redeem(Text) is null) throw Invalid();
    }

    public static AppError Invalid() =>
        AppError.Unauthorized("invalid_ticket", "The ticket is unknown, spent, too old, or of a session that has ended.");
}

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
            return Go(context, tokens.Authenticate(value.AsSpan(Prefix.Length)), acceptsTicket);
        }
        return acceptsTicket && context.Request.Query["ticket"] is [{ Length: > 0 } ticket]
            ? FindAndGo(context, ticket)
            : Challenge(context, acceptsTicket);
    }

    private async Task FindAndGo(HttpContext context, string ticket)
    {
        var caller = await tickets.Find(ticket);
        context.Features.Set(new PresentedTicket(ticket, tickets));
        await Go(context, caller is null || revocations.IsRevoked(caller.SessionId) ? null : caller, acceptsTicket: true);
    }

    private Task Go(HttpContext context, Caller? caller, bool acceptsTicket)
    {
        if (caller is null) return Challenge(context, acceptsTicket);
        context.Features.Set(caller);
        return next(context);
    }

    private static Task Challenge(HttpContext context, bool acceptsTicket)
    {
        if (acceptsTicket && context.Request.Query.ContainsKey("ticket"))
        {
            return ProblemMiddleware.Write(context, PresentedTicket.Invalid());
        }
        var presented = context.Request.Headers.Authorization.Count > 0;
        context.Response.Headers.WWWAuthenticate = presented ? "Bearer error=\"invalid_token\"" : "Bearer";
        return ProblemMiddleware.Write(context, presented
            ? AppError.Unauthorized("invalid_token", "The access token is not valid, has expired, or its session has ended.")
            : AppError.Unauthorized("not_signed_in", "This needs a bearer token."));
    }
}

public static class BearerAuthentication
{
    /// <summary>
    /// Bearer tokens for every endpoint that requires authorization. Needs an <see cref="IVerificationKeys"/>. Tickets and session
    /// revocations are local to this process, unless <see cref="Redis.RedisServiceCollectionExtensions.AddRedis"/> shares them.
    /// </summary>
    public static IServiceCollection AddBearerAuthentication(this IServiceCollection services)
    {
        services.AddSingleton<SessionRevocations>();
        services.AddSingleton<BearerTokens>();
        services.TryAddSingleton<IStreamTickets, MemoryStreamTickets>();
        services.TryAddSingleton<ISessionRevocations, LocalSessionRevocations>();
        // The framework checks that its own middleware runs for RequireAuthorization; BearerMiddleware replaces it.
        return services.Configure<RouteOptions>(options => options.SuppressCheckForUnhandledSecurityMetadata = true);
    }

    /// <summary>Must come after the routing, which selects the endpoint.</summary>
    public static IApplicationBuilder UseBearerAuthentication(this IApplicationBuilder app) => app.UseMiddleware<BearerMiddleware>();

    /// <summary>Lets a stream be opened with a one-use ticket instead of the header.</summary>
    public static TBuilder AcceptTicket<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AcceptsTicket());
}
