using System.Text.Json;
using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Web.Services;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy;

namespace BigTech.Gateway;

/// <summary>
/// <c>GET /openapi.json</c> at the gateway: the merged descriptions of all services. If a service is unavailable, its part is missing, and
/// the description at the top lists it.
/// </summary>
internal sealed class OpenApiMerge(IReadOnlyList<ProxiedService> services, IProxyStateLookup clusters) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(ServiceConnections.NewHandler(Limit)) { Timeout = Limit };

    public async Task Answer(HttpContext context)
    {
        var parts = await Task.WhenAll(
            services.Select(async service => (service.Name, Description: await Fetch(service, context.RequestAborted))));
        var whole = new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject(),
            ["paths"] = new JsonObject(),
            ["components"] = new JsonObject()
        };
        foreach (var part in parts.Select(part => part.Description).OfType<JsonObject>()) Merge(part, whole);
        var missing = parts.Where(part => part.Description is null).Select(part => part.Name).ToList();
        if (missing.Count > 0) whole["info"]!["description"] = $"Not reached now, and so not described: {string.Join(", ", missing)}.";
        whole["info"]!["title"] ??= "BigTech Chat";
        whole["info"]!["version"] ??= "unknown";
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        whole.WriteTo(json);
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonObject?> Fetch(ProxiedService service, CancellationToken ct)
    {
        try
        {
            return JsonNode.Parse(await _http.GetByteArrayAsync(new Uri(clusters.AnyReplica(service), "/openapi.json"), ct)) as JsonObject;
        }
        catch (Exception error) when (
            error is HttpRequestException or JsonException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Adds missing parts: services have the same shared schemas, and some of the same paths, such as <c>/health</c>.</summary>
    private static void Merge(JsonObject part, JsonObject whole)
    {
        foreach (var (name, value) in part)
        {
            if (value is JsonObject inner && whole[name] is JsonObject known) Merge(inner, known);
            else if (value is JsonArray items && whole[name] is JsonArray list) Append(items, list);
            else if (whole[name] is null) whole[name] = value?.DeepClone();
        }
    }

    private static void Append(JsonArray items, JsonArray list)
    {
        foreach (var item in items.Where(item => !list.Any(known => JsonNode.DeepEquals(known, item)))) list.Add(item?.DeepClone());
    }
}
