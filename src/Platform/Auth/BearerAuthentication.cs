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

    // Who it is says the Caller; for the framework's authorization one principal stands for all who are signed in.
    private static readonly AuthenticateResult SignedIn =
        AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(SchemeName)), SchemeName));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (FindCaller() is not { } caller) return Task.FromResult(AuthenticateResult.NoResult());
        Context.Features.Set(caller);
        return Task.FromResult(SignedIn);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Request.Query.ContainsKey("ticket") && Context.GetEndpoint()?.Metadata.GetMetadata<AcceptsTicket>() is not null)
        {
            return ProblemMiddleware.Write(Context, Refusal.Unauthorized("invalid_ticket", "The ticket is unknown, spent or too old."));
        }
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
            return tokens.Authenticate(value.AsSpan(Prefix.Length));
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
        // The core alone: AddAuthentication brings data protection, whose keys nothing here needs and which would be written outside the data folder.
        services.AddWebEncoders();
        services.AddTransient<BearerHandler>();
        services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = BearerHandler.SchemeName;
            options.AddScheme<BearerHandler>(BearerHandler.SchemeName, null);
        });
        services.AddAuthorization();
        return services;
    }

    /// <summary>Lets a stream be opened with a one-use ticket in place of the header.</summary>
    public static TBuilder AcceptTicket<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AcceptsTicket());
}
