using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BigTech.BuildingBlocks.Web.Telemetry;

/// <summary>Logs, metrics and traces of one process.</summary>
public static class Telemetry
{
    /// <summary>The name of the listener that answers <c>/metrics</c>, and nothing else.</summary>
    public const string MetricsRole = "metrics";

    /// <summary>
    /// JSON logs, or readable lines when the output is a terminal; metrics; and, if <c>Telemetry:OtlpEndpoint</c> names a collector, traces
    /// sent to it.
    /// </summary>
    /// <exception cref="SettingException">A setting of the section <c>Telemetry</c> is invalid.</exception>
    public static IServiceCollection AddTelemetry(
        this IServiceCollection services, ILoggingBuilder logging, IConfiguration config, string role)
    {
        logging.ClearProviders();
        if (Console.IsOutputRedirected)
        {
            // Made at the first line: only what runs needs the thread of the writer.
            services.AddSingleton<ILoggerProvider>(_ => new JsonLog(new LogWriter(Console.OpenStandardOutput()), ServiceOf(role)));
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.TimestampFormat = "HH:mm:ss.fff ";
            });
        }
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService($"bigtech-{role}"))
            .WithMetrics(Measure);
        var options = OptionsBinding.Bind<TelemetryOptions>(config, "Telemetry");
        services.AddSingleton(options);
        if (options.Collector is { } collector)
        {
            telemetry.WithTracing(tracing => Trace(tracing, collector, options.SampleRatio));
        }
        return services;
    }

    /// <summary>Logs every request, unless <c>Telemetry:AccessLog</c> says otherwise, and gives the lines of a request its ids.</summary>
    public static void UseAccessLog(this IApplicationBuilder app) =>
        app.UseMiddleware<AccessLog>(app.ApplicationServices.GetRequiredService<TelemetryOptions>().AccessLog);

    /// <summary>
    /// <c>GET /metrics</c> on the listener of its name, which answers nothing else: metrics show what a server does, and need no token.
    /// Creates the reader now, so that no measurement before the first scrape is missed.
    /// </summary>
    public static void UseMetrics(this IApplicationBuilder app) => app.MapWhen(
        context => context.Features.Get<ServiceName>()?.Role == MetricsRole,
        metrics => metrics.UseOpenTelemetryPrometheusScrapingEndpoint(
            meterProvider: null, IsScrape, path: null, configureBranchedPipeline: ChooseFormat, optionsName: null));

    /// <summary>
    /// Each route and status is a histogram of its own: fewer bounds than ASP.NET Core has, with those that alerts and objectives compare,
    /// and no label that is the same on nearly all requests.
    /// </summary>
    private static ExplicitBucketHistogramConfiguration RequestDuration => new()
    {
        Boundaries = [0.02, 0.1, 0.25, 0.5, 1, 2.5],
        TagKeys =
        [
            "http.request.method", "http.route", "http.response.status_code", "error.type", "aspnetcore.request.is_unhandled",
            "peer.service",
        ],
    };

    private static void Measure(MeterProviderBuilder metrics) => metrics
        .AddMeter(Meters.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
        .AddView("http.server.request.duration", RequestDuration)
        .SetExemplarFilter(ExemplarFilterType.TraceBased)
        .AddPrometheusExporter(options =>
        {
            options.ScopeInfoEnabled = false;
            options.ScrapeResponseCacheDurationMilliseconds = 0;
        });

    private static void Trace(TracerProviderBuilder tracing, Uri collector, double ratio) => tracing
        .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(ratio)))
        .AddSource(Meters.Name, "System.Net.Http")
        // A path may hold an invitation code, a query a ticket or a search text. The route is enough.
        .AddAspNetCoreInstrumentation(
            options => options.EnrichWithHttpRequest = (span, _) => span.SetTag("url.path", null).SetTag("url.query", null))
        .AddOtlpExporter(options => options.Endpoint = collector);

    /// <summary>The name of the process in its log, as collectors of logs name services.</summary>
    private static string ServiceOf(string role) => role switch
    {
        "all" => "bigtech-chat",
        "gateway" => role,
        _ => $"{role}-service",
    };

    private static bool IsScrape(HttpContext context) => context.Request.Path == "/metrics"
        && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));

    /// <summary>
    /// OpenMetrics, which has exemplars, for a scraper that knows it; the text format for all others. Never names in other letters, which a
    /// scraper may also ask for: dashboards expect these.
    /// </summary>
    private static void ChooseFormat(IApplicationBuilder scrape) => scrape.Use((context, next) =>
    {
        const string openMetrics = "application/openmetrics-text";
        var headers = context.Request.Headers;
        headers.Accept = headers.Accept.ToString().Contains(openMetrics, StringComparison.OrdinalIgnoreCase)
            ? $"{openMetrics};version=1.0.0"
            : default(StringValues);
        return next(context);
    });
}
