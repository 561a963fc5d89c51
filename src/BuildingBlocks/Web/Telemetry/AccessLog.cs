using System.Diagnostics;
using System.Text.Json;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BigTech.BuildingBlocks.Web.Telemetry;

/// <summary>Which requests the log has a line of.</summary>
public enum AccessLogging
{
    On,
    Off,

    /// <summary>Those with a status of 400 or more.</summary>
    Errors,
}

/// <summary>
/// One line for each request at its end, with its route in place of its path: a path may hold the code of an invitation. Not for health and
/// metrics, which are asked every few seconds. All other lines of a request get its ids.
/// </summary>
public sealed class AccessLog(RequestDelegate next, ILoggerFactory loggers, AccessLogging logging)
{
    public const string Category = "BigTech.Access";

    /// <summary>The header with the id of a request: from the gateway to services, and in every answer.</summary>
    public const string RequestIdHeader = "X-Request-Id";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    public async Task Invoke(HttpContext context)
    {
        var fields = new RequestFields(context);
        using var scope = _logger.BeginScope(fields);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            Log(context, fields, started);
            fields.End();
        }
    }

    private void Log(HttpContext context, RequestFields fields, long started)
    {
        const int clientIsGone = 499;
        var response = context.Response;
        var status = context.RequestAborted.IsCancellationRequested && !response.HasStarted ? clientIsGone : response.StatusCode;
        if (logging == AccessLogging.Off || (logging == AccessLogging.Errors && status < StatusCodes.Status400BadRequest)) return;
        var level = status >= StatusCodes.Status500InternalServerError ? LogLevel.Warning : LogLevel.Information;
        if (!_logger.IsEnabled(level) || IsProbe(context)) return;
        var line = new AccessLine(
            fields, context.Request.Method, RouteOf(context), status, Stopwatch.GetElapsedTime(started), context.Features.Get<StreamEnd>());
        _logger.Log(level, default, line, null, static (line, _) => $"{line.Summary}, {line.Ms} ms");
    }

    private static bool IsProbe(HttpContext context)
    {
        var path = context.Request.Path;
        return path.StartsWithSegments("/health", StringComparison.Ordinal)
            || path.StartsWithSegments("/api/health", StringComparison.Ordinal)
            || context.Features.Get<ServiceName>()?.Role == Telemetry.MetricsRole;
    }

    private static string? RouteOf(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } ? route : null;
}

/// <summary>What the lines of a request have in common. Read when a line is written: the caller is known only after a while.</summary>
internal sealed class RequestFields(HttpContext request)
{
    private volatile HttpContext? _request = request;

    /// <summary>Work that goes on after the request has no ids: the server uses the context for the next one.</summary>
    public void End() => _request = null;

    public string? RequestId => _request?.Response.Headers[AccessLog.RequestIdHeader] is [{ Length: > 0 } id] ? id : null;

    public long? UserId => _request?.Features.Get<Caller>()?.UserId;

    public long? RoomId
    {
        get
        {
            if (_request is not { } context) return null;
            foreach (var name in context.GetEndpoint()?.Metadata.GetMetadata<IsAboutRoom>()?.Parameters ?? [])
            {
                if (context.Request.RouteValues.GetValueOrDefault(name) is string text
                    && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                {
                    return id;
                }
            }
            return null;
        }
    }
}

/// <summary>Marks endpoints whose path may name a room.</summary>
/// <param name="Parameters">The parameters of the route that hold its id, if they are numbers.</param>
public sealed record IsAboutRoom(params string[] Parameters);

/// <summary>What a line says of its request. There is one for each request, so it is written without detours.</summary>
internal sealed class AccessLine(RequestFields request, string method, string? route, int status, TimeSpan took, StreamEnd? stream)
{
    public RequestFields Request => request;

    public string Summary => string.Concat(method, " ", route ?? "no route", $" {status}");

    /// <summary>In hundredths.</summary>
    public decimal Ms => new(
        (int)Math.Min(int.MaxValue, took.Ticks / (TimeSpan.TicksPerMillisecond / 100)), 0, 0, isNegative: false, scale: 2);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("method"u8, method);
        if (route is not null) json.WriteString("route"u8, route);
        json.WriteNumber("status"u8, status);
        json.WriteNumber("ms"u8, Ms);
        if (stream is null) return;
        json.WriteString("stream"u8, stream.Kind);
        json.WriteNumber("events"u8, stream.Events);
    }
}
