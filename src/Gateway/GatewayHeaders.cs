using System.Diagnostics;
using BigTech.BuildingBlocks.Web.Telemetry;
using Microsoft.AspNetCore.Http;

namespace BigTech.Gateway;

/// <summary>
/// Adds the headers of every response: the request id, and what the OWASP REST Security Cheat Sheet recommends. No response may be stored,
/// unless its endpoint says so: almost all are of one user.
/// </summary>
internal static class GatewayHeaders
{
    public const string RequestId = AccessLog.RequestIdHeader;
    private const int MaxRequestIdLength = 64;

    // The API answers no page. The page of the documentation loads its own scripts and styles, and calls this server.
    private const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'";
    private const string DocsPolicy =
        "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private const string OneYear = "max-age=31536000";

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
        headers["Cross-Origin-Resource-Policy"] = "same-site";
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy =
            context.Request.Path.StartsWithSegments("/docs", StringComparison.Ordinal) ? DocsPolicy : ApiPolicy;
        if (context.Request.IsHttps) headers.StrictTransportSecurity = OneYear;
        headers[RequestId] = Given(context.Request) ?? Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
    }

    /// <summary>The caller's own request id, if it is safe to repeat.</summary>
    private static string? Given(HttpRequest request) =>
        request.Headers[RequestId] is [{ Length: > 0 and <= MaxRequestIdLength } id]
            && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? id
            : null;
}
