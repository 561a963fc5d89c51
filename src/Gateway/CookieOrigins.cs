using BigTech.BuildingBlocks.Web.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BigTech.Gateway;

/// <summary>
/// Takes the cookies from a read that a page of an origin makes which is not allowed to call: a page on another host of the same site, to
/// which browsers send them. It could not read the answer, but its streams would make the user online. Reads of pages of this origin carry
/// no <c>Origin</c>, and neither do images and links. A page's changes keep theirs: no cookie signs them in.
/// </summary>
internal static class CookieOrigins
{
    /// <param name="keys">A service believes its gateway, which has looked already.</param>
    public static Func<HttpContext, RequestDelegate, Task> For(GatewayOptions options, ServiceKeys keys)
    {
        var allowed = options.Origins.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return (context, next) =>
        {
            var headers = context.Request.Headers;
            if (headers.Origin.Count > 0 && headers.Cookie.Count > 0 && HttpMethods.IsGet(context.Request.Method)
                && !IsAllowed(context.Request, allowed) && keys.HolderOf(headers) == KeyHolder.None)
            {
                headers.Remove(HeaderNames.Cookie);
            }
            return next(context);
        };
    }

    private static bool IsAllowed(HttpRequest request, HashSet<string> allowed) =>
        request.Headers.Origin is [{ } origin] && (allowed.Contains(origin) || IsOwn(origin, request));

    // Without the scheme: a proxy that this gateway does not trust may have taken TLS away.
    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
