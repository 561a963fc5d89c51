using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The service that a port serves; set on every connection.</summary>
/// <param name="Role">The name for <c>--target</c>.</param>
/// <param name="Value">The name for <c>/health</c>.</param>
public sealed record ServiceName(string Role, string Value);

internal sealed record HealthAnswer(string Status, string Service);

/// <summary>Health for load balancers and orchestrators: the aggregate of the process' <see cref="IHealthCheck"/>s.</summary>
public static class Health
{
    /// <summary>
    /// <c>/health</c> and <c>/health/ready</c>: 200 while the process can serve; 503 while a store is unavailable or read-only, or during
    /// shutdown. <c>/health/live</c>: 200 while the process runs at all.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").AllowAnonymous().WithTags("Health");
        var readiness = new Readiness(app.ServiceProvider.GetRequiredService<HealthCheckService>());
        var ready = (HttpContext http, IHostApplicationLifetime lifetime, CancellationToken ct) => Ready(http, lifetime, readiness, ct);
        health.MapGet("", ready).WithName("GetHealth").WithSummary("Whether this service is healthy").Produces<HealthAnswer>();
        health.MapGet("/ready", ready).WithName("GetReadiness").WithSummary("Whether this service takes requests").Produces<HealthAnswer>();
        health.MapGet("/live", Live).WithName("GetLiveness").WithSummary("Whether the process runs").Produces<HealthAnswer>();
    }

    private static JsonHttpResult<HealthAnswer> Live(HttpContext http) => TypedResults.Json(new HealthAnswer("healthy", NameOf(http)));

    private static async Task<JsonHttpResult<HealthAnswer>> Ready(
        HttpContext http, IHostApplicationLifetime lifetime, Readiness readiness, CancellationToken ct)
    {
        var status = lifetime.ApplicationStopping.IsCancellationRequested
            ? "stopping" : await readiness.IsHealthy(ct) ? "healthy"
            : "unhealthy";
        return TypedResults.Json(
            new HealthAnswer(status, NameOf(http)),
            statusCode: status == "healthy" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static string NameOf(HttpContext http) => http.Features.Get<ServiceName>()?.Value ?? "BigTech Chat";
}
