using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace BigTech.Gateway;

/// <summary>
/// Serves the web client at the gateway's own port: its files, compressed when it was built, and its page at each address that it has.
/// Browsers keep files with a fingerprint in their name for ever, and ask for the others again.
/// </summary>
internal static class WebClientFiles
{
    /// <summary>The list of the files that the build has made, beside the program.</summary>
    private const string List = "Server.staticwebassets.endpoints.json";
    private const string Page = "/index.html";

    // WebAssembly is compiled. No script, style or picture comes from elsewhere, and no script is in the page itself.
    private const string Policy =
        "default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
        + "media-src 'self' blob:; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The addresses that the client itself has. The API has nothing below them.</summary>
    private static readonly PathString[] Pages = ["/app", "/join", "/reset-password", "/verify-email"];

    /// <summary>Answers what is of the client, and leaves the rest to what follows.</summary>
    /// <param name="isAtTheDoor">Whether a request has come to the gateway's own port.</param>
    public static void Use(IApplicationBuilder app, Func<HttpContext, bool> isAtTheDoor) =>
        app.UseWhen(context => IsOfBrowsers(context) && isAtTheDoor(context), door => door.Use(next => Branch(app, next)));

    private static RequestDelegate Branch(IApplicationBuilder app, RequestDelegate next)
    {
        // Has its own routing: the files are many, and the API's routes are matched without them.
        var files = new ApplicationBuilder(app.ApplicationServices);
        DemoOffer.Use(files);
        files.Use(ShowPage);
        files.UseRouting();
        files.Use(SetHeaders);
        files.UseEndpoints(endpoints => endpoints.MapStaticAssets(List));
        files.Run(next);
        return files.Build();
    }

    /// <summary>What has an endpoint is of the API.</summary>
    private static bool IsOfBrowsers(HttpContext context) =>
        context.GetEndpoint() is null && !context.Request.PathBase.HasValue
            && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));

    private static Task ShowPage(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        if (path == "/" || Array.Exists(Pages, page => path.StartsWithSegments(page, StringComparison.Ordinal)))
        {
            context.Request.Path = Page;
        }
        return next(context);
    }

    private static Task SetHeaders(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is null) return next(context);
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.Remove(HeaderNames.CacheControl);
        // Each file would be a route of its own.
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics) metrics.MetricsDisabled = true;
        return next(context);
    }
}
