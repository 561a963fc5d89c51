using BigTech.Platform.Services;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace BigTech.Gateway;

/// <summary>
/// What the gateway changes of a request and its answer. It tells the service the client's address and the request's id in headers that only
/// the secret beside them makes believable, and removes the client's own.
/// </summary>
internal static class ProxyTransforms
{
    // Both sides set these; one of each goes out. Where the service has something to say of limits, it says it.
    private static readonly string[] FromTheService =
        ["X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", GatewayHeaders.RequestId, "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

    // Which origins may call is decided here alone, whatever a service is set to.
    private static readonly string[] FromTheGateway =
    [
        HeaderNames.AccessControlAllowOrigin, HeaderNames.AccessControlAllowCredentials, HeaderNames.AccessControlExposeHeaders,
        HeaderNames.AccessControlAllowMethods, HeaderNames.AccessControlAllowHeaders, HeaderNames.AccessControlMaxAge,
    ];

    public static void Add(TransformBuilderContext route)
    {
        var secret = route.Services.GetRequiredService<ServicesOptions>().Secret;
        var replicas = route.Services.GetRequiredService<ReplicaHealth>();
        route.UseDefaultForwarders = false;
        route.AddXForwardedFor(action: ForwardedTransformActions.Set);
        route.AddXForwardedProto(action: ForwardedTransformActions.Set);
        route.AddXForwardedHost(action: ForwardedTransformActions.Set);
        route.AddRequestTransform(request =>
        {
            Replace(request, GatewayHeaders.RequestId, request.HttpContext.Response.Headers[GatewayHeaders.RequestId]);
            Replace(request, ServiceAuthenticationMiddleware.Header, secret);
            return ValueTask.CompletedTask;
        });
        route.AddResponseTransform(response =>
        {
            if (response.ProxyResponse is not { } answer) return ValueTask.CompletedTask;
            replicas.Answered(response.HttpContext);
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

    private static void Replace(RequestTransformContext request, string name, StringValues value)
    {
        var headers = request.ProxyRequest.Headers;
        headers.Remove(name);
        if (value.Count == 1 && value[0] is { Length: > 0 } given) headers.TryAddWithoutValidation(name, given);
    }
}
