using BigTech.Platform.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace BigTech.Gateway;

/// <summary>
/// What the gateway changes of a request and its answer. It tells the service who asks (his address, the request's id) in headers that only
/// the secret beside them makes believable, and removes the client's own.
/// </summary>
internal sealed class RequestTransformer(string? secret) : HttpTransformer
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

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var headers = proxyRequest.Headers;
        headers.Host = null;
        Replace(headers, "X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        Replace(headers, "X-Forwarded-Proto", httpContext.Request.Scheme);
        Replace(headers, "X-Forwarded-Host", httpContext.Request.Host.Value);
        Replace(headers, GatewayHeaders.RequestId, httpContext.Response.Headers[GatewayHeaders.RequestId]);
        Replace(headers, ServiceCallers.Header, secret);
    }

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null)
        {
            httpContext.Features.GetRequiredFeature<Replica.Attempt>().Answered();
            var ours = httpContext.Response.Headers;
            foreach (var name in FromTheService)
            {
                if (proxyResponse.Headers.Contains(name)) ours.Remove(name);
            }
            if (httpContext.Request.Headers.Origin.Count > 0)
            {
                foreach (var name in FromTheGateway) proxyResponse.Headers.Remove(name);
            }
        }
        return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }

    private static void Replace(System.Net.Http.Headers.HttpRequestHeaders headers, string name, StringValues value)
    {
        headers.Remove(name);
        if (value.Count == 1 && value[0] is { Length: > 0 } given) headers.TryAddWithoutValidation(name, given);
    }
}
