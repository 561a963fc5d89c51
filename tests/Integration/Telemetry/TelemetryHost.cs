using BigTech.BuildingBlocks.Web.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.Integration.Telemetry;

/// <summary>A host with telemetry only.</summary>
internal sealed class TelemetryHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TelemetryHost(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    public static async Task<TelemetryHost> Start(Action<WebApplication> map, params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value));
        builder.Services.AddTelemetry(builder.Logging, builder.Configuration, "test");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapMetrics();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TelemetryHost(app);
    }

    public Task<string> Scrape() => Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
