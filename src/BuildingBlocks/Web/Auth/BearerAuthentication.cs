using BigTech.BuildingBlocks.Redis;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.BuildingBlocks.Web.Auth;

public static class BearerAuthentication
{
    /// <summary>
    /// Bearer tokens for every endpoint that requires authorization. Needs an <see cref="IVerificationKeys"/> and the check of
    /// browser sessions. Tickets and session revocations are shared through Redis if it is configured; else they are local to this process.
    /// </summary>
    public static IServiceCollection AddBearerAuthentication(this IServiceCollection services, IConfiguration config)
    {
        services.AddSingleton<SessionRevocations>();
        services.AddSingleton<BearerTokens>();
        services.AddSingleton<BrowserSessionCookies>();
        if (RedisOptions.IsSet(config))
        {
            services.AddSingleton<IStreamTickets, RedisStreamTickets>();
            services.AddSingleton<RedisSessionRevocations>();
            services.AddSingleton<ISessionRevocations>(provider => provider.GetRequiredService<RedisSessionRevocations>());
            services.AddHostedService(provider => provider.GetRequiredService<RedisSessionRevocations>());
        }
        else
        {
            services.AddSingleton<IStreamTickets, MemoryStreamTickets>();
            services.AddSingleton<ISessionRevocations, LocalSessionRevocations>();
        }
        // The framework checks that its own middleware runs for RequireAuthorization; BearerMiddleware replaces it.
        return services.Configure<RouteOptions>(options => options.SuppressCheckForUnhandledSecurityMetadata = true);
    }

    /// <summary>Must come after the routing, which selects the endpoint.</summary>
    public static IApplicationBuilder UseBearerAuthentication(this IApplicationBuilder app) => app.UseMiddleware<BearerMiddleware>();

    /// <summary>Lets a stream be opened with a one-use ticket instead of the header.</summary>
    public static TBuilder AcceptTicket<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AcceptsTicket());

    /// <inheritdoc cref="AcceptsBrowserSession"/>
    public static TBuilder AcceptBrowserSession<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AcceptsBrowserSession());

    /// <inheritdoc cref="AcceptsOtherProof"/>
    public static TBuilder AcceptOtherProof<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AcceptsOtherProof());
}
