using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The service that a port serves; set on every connection.</summary>
/// <param name="Role">The name for <c>--target</c>.</param>
/// <param name="Value">The name for <c>/health</c>.</param>
public sealed record ServiceName(string Role, string Value);

/// <summary>The health of a service.</summary>
/// <param name="Status">
/// <c>healthy</c>; with 503 <c>unhealthy</c>, or <c>stopping</c> while the process shuts down. A gateway before several services is
/// <c>degraded</c> when some of them are not healthy.
/// </param>
/// <param name="Service">The name of the service.</param>
internal sealed record HealthAnswer(
    [property: AllowedValues(Health.Healthy, "degraded", Health.Unhealthy, Health.Stopping)] string Status, string Service);

/// <summary>Health for load balancers and orchestrators: the aggregate of the process' <see cref="IHealthCheck"/>s.</summary>
public static class Health
{
    internal const string Healthy = "healthy";
    internal const string Unhealthy = "unhealthy";
    internal const string Stopping = "stopping";

    /// <summary>Its part in the API description.</summary>
    internal static readonly ApiTag Tag = new("Health", "Whether the server works, for load balancers and orchestrators.");

    /// <summary>
    /// <c>/health</c> and <c>/health/ready</c>: 200 while the process can serve; 503 while a store is unavailable or read-only, or during
    /// shutdown. <c>/health/live</c>: 200 while the process runs at all.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").AllowAnonymous().WithTags(Tag.Name);
        var readiness = new Readiness(app.ServiceProvider.GetRequiredService<HealthCheckService>());
        health.MapGet("", readiness.Handle).WithName("GetHealth").WithSummary("Whether this service is healthy").Produces<HealthAnswer>();
        health.MapGet("/ready", readiness.Handle).WithName("GetReadiness").WithSummary("Whether this service takes requests")
            .Produces<HealthAnswer>();
        health.MapGet("/live", HandleLive).WithName("GetLiveness").WithSummary("Whether the process runs").Produces<HealthAnswer>();
    }

    internal static JsonHttpResult<HealthAnswer> Answer(HttpContext http, string status, int code) =>
        TypedResults.Json(new HealthAnswer(status, http.Features.Get<ServiceName>()?.Value ?? "BigTech Chat"), statusCode: code);

    private static JsonHttpResult<HealthAnswer> HandleLive(HttpContext http) => Answer(http, Healthy, StatusCodes.Status200OK);
}
