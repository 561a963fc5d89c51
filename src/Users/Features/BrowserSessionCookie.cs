using BigTech.BuildingBlocks.Web.Auth;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary>The cookie of a browser session: scripts cannot read it, and a page of another site cannot make a browser send it.</summary>
internal static class BrowserSessionCookie
{
    public static void Set(HttpContext context, string value, TimeSpan maxAge)
    {
        var options = Options(context);
        options.MaxAge = maxAge;
        context.Response.Cookies.Append(BrowserSessionCookies.Name, value, options);
    }

    public static void Remove(HttpContext context) => context.Response.Cookies.Delete(BrowserSessionCookies.Name, Options(context));

    /// <summary>The value that this request's browser holds.</summary>
    public static string? Find(HttpRequest request) => request.Cookies[BrowserSessionCookies.Name];

    // Lax, so that a link to a file from another site's page works. It is for any path, because proxies may put a prefix before them all.
    private static CookieOptions Options(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = DeviceCookie.IsHttps(context.Request),
        Path = "/",
        IsEssential = true,
    };
}
