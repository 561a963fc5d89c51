using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace BigTech.Gateway;

/// <summary>Adds the headers of every response: the security headers and the request id.</summary>
internal static class GatewayHeaders
{
    public const string RequestId = "X-Request-Id";
    private const int MaxRequestIdLength = 64;

    public static Task Add(HttpContext context, RequestDelegate next)
    {
        Set(context);
        return next(context);
    }

    public static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers[RequestId] = Given(context.Request) ?? Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
    }

    /// <summary>The caller's own request id, if it is safe to repeat.</summary>
    private static string? Given(HttpRequest request) =>
        request.Headers[RequestId] is [{ Length: > 0 and <= MaxRequestIdLength } id]
            && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? id
            : null;
}
