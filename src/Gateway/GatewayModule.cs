using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BigTech.Gateway;

/// <summary>The one public door. In one process there is nothing to route: what remains is what every answer carries.</summary>
public static class GatewayModule
{
    private const string RequestId = "X-Request-Id";
    private const int LongestRequestId = 64;

    /// <summary>Adds the security headers and the request id to every answer.</summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers[RequestId] = Given(context.Request) ?? Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
        return next(context);
    });

    /// <summary>The caller's own id, where it is one that is safe to repeat.</summary>
    private static string? Given(HttpRequest request) =>
        request.Headers[RequestId] is [{ Length: > 0 and <= LongestRequestId } id] && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? id
            : null;
}
