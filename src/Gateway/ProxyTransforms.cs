using System.Net.Mime;
using BigTech.BuildingBlocks.Web.Services;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace BigTech.Gateway;

/// <summary>
/// Changes headers of forwarded requests and responses. The service gets the client's address and the request id in headers that it trusts
/// only with the shared secret; the client's own headers of these names are removed.
/// </summary>
internal static class ProxyTransforms
{
    // Both sides set these headers. The service's values take precedence.
    private static readonly string[] FromTheService =
    [
        HeaderNames.XContentTypeOptions, HeaderNames.XFrameOptions, "Referrer-Policy", "Cross-Origin-Resource-Policy",
        HeaderNames.CacheControl, HeaderNames.ContentSecurityPolicy, GatewayHeaders.RequestId,
        "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
    ];

    // Only the gateway decides which origins may call, whatever the settings of a service.
    private static readonly string[] FromTheGateway =
    [
        HeaderNames.AccessControlAllowOrigin, HeaderNames.AccessControlAllowCredentials, HeaderNames.AccessControlExposeHeaders,
        HeaderNames.AccessControlAllowMethods, HeaderNames.AccessControlAllowHeaders, HeaderNames.AccessControlMaxAge,
    ];

    public static void Add(TransformBuilderContext route)
    {
        var services = route.Services.GetRequiredService<ServicesOptions>();
        var secret = services.GatewaySecret ?? services.Secret;
        var replicas = route.Services.GetRequiredService<ReplicaHealth>();
        route.UseDefaultForwarders = false;
        route.AddXForwardedFor(action: ForwardedTransformActions.Set);
        route.AddXForwardedProto(action: ForwardedTransformActions.Set);
        route.AddXForwardedHost(action: ForwardedTransformActions.Set);
        route.AddRequestTransform(request =>
        {
            Replace(request, GatewayHeaders.RequestId, request.HttpContext.Response.Headers[GatewayHeaders.RequestId]);
            Replace(request, ServiceKeys.Header, secret);
            return ValueTask.CompletedTask;
        });
        route.AddResponseTransform(response =>
        {
            if (response.ProxyResponse is not { } answer) return ValueTask.CompletedTask;
            replicas.Answered(response.HttpContext);
            // A stream lasts for as long as its client likes: no latency of the gateway.
            if (IsStream(answer) && response.HttpContext.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
            {
                metrics.MetricsDisabled = true;
            }
            var headers = response.HttpContext.Response.Headers;
            foreach (var name in FromTheService)
            {
                if (answer.Headers.TryGetValues(name, out var values)) headers[name] = values.ToArray();
            }
            if (response.HttpContext.Request.Headers.Origin.Count > 0)
            {
                foreach (var name in FromTheGateway) headers.Remove(name);
            }
            return ValueTask.CompletedTask;
        });
    }

    private static bool IsStream(HttpResponseMessage answer) =>
        answer.Content.Headers.ContentType?.MediaType == MediaTypeNames.Text.EventStream;

    private static void Replace(RequestTransformContext request, string name, StringValues value)
    {
        var headers = request.ProxyRequest.Headers;
        headers.Remove(name);
        if (value.Count == 1 && value[0] is { Length: > 0 } given) headers.TryAddWithoutValidation(name, given);
    }
}
