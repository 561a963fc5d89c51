using System.Text.Json;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy;

namespace BigTech.Gateway;

/// <summary>
/// <c>GET /health</c> at the gateway: the status of all services. It returns 200 while any service can be reached, so that one failed
/// service does not take the gateway out of a load balancer, and 503 while none can. It has no rate limit: the services are asked at most
/// once per second, and the result does not affect the circuit breakers.
/// </summary>
internal sealed class ServicesHealth : IDisposable
{
    private const string Healthy = "healthy";
    private const string Unreachable = "unreachable";
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new(ServiceConnections.NewHandler(Limit)) { Timeout = Limit };
    private readonly IProxyStateLookup _clusters;
    private readonly RememberedAnswer<(string Role, string Status)[]> _statuses;

    public ServicesHealth(IReadOnlyList<ProxiedService> services, IProxyStateLookup clusters, TimeProvider time)
    {
        _clusters = clusters;
        _statuses = new(
            time, () => Task.WhenAll(services.Select(async service => (service.Role, await StatusOf(service)))), _ => KeptFor);
    }

    public async Task Answer(HttpContext context)
    {
        var statuses = await _statuses.Get().WaitAsync(context.RequestAborted);
        var isCutOff = statuses.All(service => service.Status == Unreachable);
        if (isCutOff) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", isCutOff ? "unhealthy" : statuses.All(service => service.Status == Healthy) ? Healthy : "degraded");
        json.WriteString("service", context.Features.Get<ServiceName>()?.Value);
        json.WriteStartObject("services");
        foreach (var (role, status) in statuses) json.WriteString(role, status);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The health that a replica of the service reports.</summary>
    private async Task<string> StatusOf(ProxiedService service)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(_clusters.AnyReplica(service), "/health"));
            return answer.IsSuccessStatusCode ? Healthy : "unhealthy";
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return Unreachable;
        }
    }
}
