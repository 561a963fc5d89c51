using System.Net;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace BigTech.Gateway;

/// <summary>
/// The public entry point. In a single process it serves the web client and adds response headers, CORS and rate limits; in front of
/// separate services it also forwards requests.
/// </summary>
public static class GatewayModule
{
    /// <summary>The name of this role in <c>--target</c> and in the endpoint bindings.</summary>
    public const string Role = "gateway";

    /// <summary>Registers what the gateway needs in every process.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(options);
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. options.Origins])
            .AllowAnyMethod()
            // For the cookie of streams. Nothing else believes a cookie, and pages of other origins get no answer.
            .AllowCredentials()
            .WithHeaders("Authorization", "Content-Type", "Last-Event-ID", "X-Device-Token", GatewayHeaders.RequestId, "traceparent")
            .WithExposedHeaders(GatewayHeaders.RequestId, "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After")
            .SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
        return services.AddSingleton<RequestLimits>();
    }

    /// <summary>Registers the reverse proxy. Requires <see cref="AddGateway"/>.</summary>
    /// <param name="proxied">The services that it forwards to.</param>
    public static IServiceCollection AddProxy(
        this IServiceCollection services, GatewayOptions options, IReadOnlyList<ProxiedService> proxied)
    {
        services.AddSingleton(proxied);
        services.AddSingleton<ReplicaHealth>();
        services.AddSingleton<IPassiveHealthCheckPolicy>(provider => provider.GetRequiredService<ReplicaHealth>());
        services.AddReverseProxy()
            .LoadFromMemory(ServiceRoutes.Routes(proxied), ServiceRoutes.Clusters(proxied, options))
            .AddTransforms(ProxyTransforms.Add)
            .ConfigureHttpClient(
                (_, handler) => ServiceConnections.Configure(handler, TimeSpan.FromMilliseconds(options.ConnectMilliseconds)));
        services.TryAddSingleton<HostLookup>(Dns.GetHostAddressesAsync);
        services.AddSingleton<IDestinationResolver, ReplicaResolver>();
        services.AddSingleton<ServicesHealth>();
        return services.AddSingleton<OpenApiMerge>();
    }

    /// <summary>
    /// The first middleware of every request: the client address, response headers, the files of the web client, CORS and rate limits.
    /// </summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app)
    {
        var options = app.ApplicationServices.GetRequiredService<GatewayOptions>();
        app.UseMiddleware<UntrustedProxyWarning>();
        if (options.Proxies.Count > 0) app.UseForwardedHeaders(ReadForwardedHeaders(options));
        app.Use(GatewayHeaders.Add);
        if (options.WebClient) WebClientFiles.Use(app, IsAtTheDoor);
        if (options.Origins.Count > 0) app.UseCors();
        app.Use(CookieOrigins.For(options, app.ApplicationServices.GetRequiredService<ServiceKeys>()));
        var limits = app.ApplicationServices.GetRequiredService<RequestLimits>();
        return limits.AreSet ? app.Use((context, next) => Limit(limits, context, next)) : app;
    }

    /// <summary>Forwards service requests that arrive on the gateway's own port. The gateway answers the rest itself.</summary>
    public static IApplicationBuilder UseProxy(this IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        var (health, description) = (services.GetRequiredService<ServicesHealth>(), services.GetRequiredService<OpenApiMerge>());
        return app.UseWhen(IsAtTheDoor, door => door
            .Use((context, next) => context.Request.Path.Value switch
            {
                "/health" => health.Answer(context),
                "/openapi.json" => description.Answer(context),
                _ => Unmatched(context, next),
            })
            .Use(next => RoutesToServices(services, next)));
    }

    /// <summary>
    /// Forgets an endpoint of a service in this process, which was found when the path was taken apart: it must not run here, before its
    /// caller is known. What no service takes is matched again.
    /// </summary>
    private static Task Unmatched(HttpContext context, RequestDelegate next)
    {
        context.SetEndpoint(null);
        return next(context);
    }

    /// <summary>Has its own routing, because this process may host some of the services on other ports.</summary>
    private static RequestDelegate RoutesToServices(IServiceProvider services, RequestDelegate next)
    {
        var routes = new ApplicationBuilder(services);
        routes.UseRouting();
        routes.UseEndpoints(endpoints => endpoints.MapReverseProxy(proxy =>
        {
            proxy.UseMiddleware<Forwarding>();
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        }));
        routes.Run(next);
        return routes.Build();
    }

    private static Task Limit(RequestLimits limits, HttpContext context, RequestDelegate next)
    {
        if (IsProbe(context.Request.Path)) return next(context);
        var taken = limits.Take(context);
        return taken.IsCompletedSuccessfully ? next(context) : GoOn(taken, context, next);
    }

    private static async Task GoOn(ValueTask taken, HttpContext context, RequestDelegate next)
    {
        await taken;
        await next(context);
    }

    private static bool IsAtTheDoor(HttpContext context) => context.Features.Get<ServiceName>()?.Role == Role;

    private static bool IsProbe(PathString path) => path.StartsWithSegments("/health", StringComparison.Ordinal);

    private static ForwardedHeadersOptions ReadForwardedHeaders(GatewayOptions options)
    {
        var headers = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = options.Proxies.Count,
        };
        headers.KnownProxies.Clear();
        headers.KnownIPNetworks.Clear();
        foreach (var network in options.Proxies) headers.KnownIPNetworks.Add(network);
        return headers;
    }
}
