using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace BigTech.Gateway;

/// <summary>
/// <c>GET /health</c> at the gateway: how all services are. It stays 200 while the gateway itself works, so that nobody takes the one door away
/// because of one service behind it.
/// </summary>
internal sealed class ServicesHealth(Backends backends) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMilliseconds(500) };

    public async Task Answer(HttpContext context)
    {
        var services = await Task.WhenAll(backends.All.Select(async backend => (backend.Role, Status: await StatusOf(backend, context.RequestAborted))));
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", services.All(service => service.Status == "healthy") ? "healthy" : "degraded");
        json.WriteString("service", "API Gateway");
        json.WriteStartObject("services");
        foreach (var (role, status) in services) json.WriteString(role, status);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What the service's next replica says of itself.</summary>
    private async Task<string> StatusOf(Backend backend, CancellationToken ct)
    {
        if (backend.Next() is not { } replica) return "unreachable";
        try
        {
            using var answer = await _http.GetAsync(new Uri(replica.Address, "/health"), ct);
            return answer.IsSuccessStatusCode ? "healthy" : "unhealthy";
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            replica.Failed();
            return "unreachable";
        }
    }
}
