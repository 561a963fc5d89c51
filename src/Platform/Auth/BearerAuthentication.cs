using System.Security.Claims;
using System.Text.Encodings.Web;
using BigTech.Platform.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BigTech.Platform.Auth;

/// <summary>Marks an endpoint that also takes a <c>?ticket=</c>: a stream that a browser's EventSource opens.</summary>
public sealed class AcceptsTicket;

/// <summary>Bearer tokens (RFC 6750) as the framework's authentication scheme.</summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, BearerTokens tokens, IStreamTickets tickets,
    SessionRevocations revocations) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Bearer";
    private const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (FindCaller() is not { } caller) return Task.FromResult(AuthenticateResult.NoResult());
        Context.Features.Set(caller);
        var identity = new ClaimsIdentity(SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var presented = Request.Headers.Authorization.Count > 0;
        Response.Headers.WWWAuthenticate = presented ? "Bearer error=\"invalid_token\"" : "Bearer";
        return ProblemMiddleware.Write(Context, presented
            ? Refusal.Unauthorized("invalid_token", "The access token is not valid, has expired, or its session has ended.")
            : Refusal.Unauthorized("not_signed_in", "This needs a bearer token."));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ProblemMiddleware.Write(Context, Refusal.Forbidden("forbidden", "This is not allowed."));

    private Caller? FindCaller()
    {
        var authorization = Request.Headers.Authorization;
        if (authorization.Count == 1 && authorization[0] is { } value && value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return tokens.Authenticate(value[Prefix.Length..]);
        }
        if (Context.GetEndpoint()?.Metadata.GetMetadata<AcceptsTicket>() is null || Request.Query["ticket"] is not [{ Length: > 0 } ticket]) return null;
        return tickets.Redeem(ticket) is { } caller && !revocations.IsRevoked(caller.SessionId) ? caller : null;
    }
}

public static class BearerAuthentication
{
    /// <summary>Bearer tokens for every endpoint that requires authorization. Needs an <see cref="IVerificationKeys"/>.</summary>
    public static IServiceCollection AddBearerAuthentication(this IServiceCollection services)
    {
        services.AddSingleton<SessionRevocations>();
        services.AddSingleton<BearerTokens>();
        services.AddSingleton<IStreamTickets, MemoryStreamTickets>();
        services.AddAuthentication(BearerHandler.SchemeName).AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null);
        services.AddAuthorization();
        return services;
    }

    /// <summary>Lets a stream be opened with a one-use ticket in place of the header.</summary>
    public static TBuilder AcceptTicket<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AcceptsTicket());
}
