using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy;

namespace BigTech.Gateway;

/// <summary>
/// <c>GET /openapi.json</c> at the gateway: the merged descriptions of all services. If a service is unavailable, its part is missing, and
/// the description at the top lists it. Merging costs a call to each service, so a complete description is used for a minute.
/// </summary>
internal sealed class OpenApiMerge : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CompleteFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan IncompleteFor = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new(ServiceConnections.NewHandler(Limit)) { Timeout = Limit };
    private readonly IReadOnlyList<ProxiedService> _services;
    private readonly IProxyStateLookup _clusters;
    private readonly RememberedAnswer<Merged> _latest;

    public OpenApiMerge(IReadOnlyList<ProxiedService> services, IProxyStateLookup clusters, TimeProvider time)
    {
        (_services, _clusters) = (services, clusters);
        _latest = new(time, MergeAll, merged => merged.KeepFor);
    }

    public async Task Answer(HttpContext context)
    {
        var merged = await _latest.Get().WaitAsync(context.RequestAborted);
        await merged.Json.ToResult(context.Response).ExecuteAsync(context);
    }

    public void Dispose() => _http.Dispose();

    private async Task<Merged> MergeAll()
    {
        var parts = await Task.WhenAll(_services.Select(async service => (service.Name, Description: await Fetch(service))));
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
        var keepFor = missing.Count == 0 ? CompleteFor : IncompleteFor;
        return new Merged(new JsonRepresentation(Encoding.UTF8.GetBytes(whole.ToJsonString()), keepFor), keepFor);
    }

    private async Task<JsonObject?> Fetch(ProxiedService service)
    {
        try
        {
            return JsonNode.Parse(await _http.GetByteArrayAsync(new Uri(_clusters.AnyReplica(service), "/openapi.json"))) as JsonObject;
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or OperationCanceledException)
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

    private sealed record Merged(JsonRepresentation Json, TimeSpan KeepFor);
}
