using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BigTech.Platform.Telemetry;

/// <summary>Logs, metrics and traces of one process.</summary>
public static class Telemetry
{
    /// <summary>
    /// JSON logs with trace ids, or lines for people when the output is a terminal; the metrics reader; and, where
    /// <c>Telemetry:OtlpEndpoint</c> names a collector, traces sent to it.
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, ILoggingBuilder logging, IConfiguration config, string role)
    {
        logging.ClearProviders();
        logging.Configure(options =>
            options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        if (Console.IsOutputRedirected)
        {
            logging.AddJsonConsole(options =>
            {
                options.IncludeScopes = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.TimestampFormat = "HH:mm:ss.fff ";
            });
        }
        services.AddSingleton<PrometheusText>();
        if (config["Telemetry:OtlpEndpoint"] is { Length: > 0 } endpoint) services.AddSingleton(BuildTracing(endpoint, role));
        return services;
    }

    /// <summary><c>GET /metrics</c>; opens the reader now, so that nothing from before the first scrape is missed.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        var metrics = app.ServiceProvider.GetRequiredService<PrometheusText>();
        app.MapGet("/metrics", () => Results.Text(metrics.Collect(), "text/plain; version=0.0.4; charset=utf-8"))
            .AllowAnonymous()
            .ExcludeFromDescription();
    }

    private static TracerProvider BuildTracing(string endpoint, string role)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)) throw new SettingException($"Telemetry:OtlpEndpoint is not a URL: {endpoint}");
        return Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService($"bigtech-{role}"))
            .AddSource(Meters.Name, "Microsoft.AspNetCore", "System.Net.Http")
            .AddOtlpExporter(options => options.Endpoint = uri)
            .Build();
    }
}
