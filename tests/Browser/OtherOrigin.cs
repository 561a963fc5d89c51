using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.Browser;

/// <summary>A web server of another origin: the same host with another port, which is one site; and another site by its name.</summary>
internal sealed class OtherOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtherOrigin(WebApplication app) => _app = app;

    /// <summary>The page on the server's own host.</summary>
    public string SameSite => _app.Urls.Single();

    /// <summary>The same page by another name.</summary>
    public string OtherSite => SameSite.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    /// <param name="page">What it shows at its root.</param>
    /// <param name="serve">Adds more to it.</param>
    public static async Task<OtherOrigin> Start(
        string page = "<!doctype html><title>a page</title>", Action<WebApplication>? serve = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        serve?.Invoke(app);
        app.MapGet("/", () => Results.Content(page, "text/html"));
        await app.StartAsync();
        return new OtherOrigin(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
