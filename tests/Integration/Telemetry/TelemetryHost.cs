using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using BigTech.BuildingBlocks.Web.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.Integration.Telemetry;

/// <summary>A host with telemetry only.</summary>
internal sealed class TelemetryHost : IAsyncDisposable
{
    /// <summary>The key of the product's own processes.</summary>
    public const string Secret = "a-secret-of-the-tests-that-is-long-enough";

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
        builder.Services.AddSingleton(new ServicesOptions { Secret = Secret }).AddSingleton<ServiceKeys>().AddClientTraces();
        builder.Services.AddTelemetry(builder.Logging, builder.Configuration, "test");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseClientTraceLinks();
        app.Use((context, next) =>
        {
            if (context.Request.Path == "/metrics") context.Features.Set(new ServiceName("metrics", "Metrics"));
            return next(context);
        });
        app.UseMetrics();
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
