using System.Diagnostics;
using System.Net;
using System.Text;
using BigTech.Platform.Http;
using BigTech.Platform.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace BigTech.Gateway;

/// <summary>
/// Passes requests on to the service that they are for, over YARP's forwarder: bodies and streams go through as they come. What fails before
/// an answer began is tried once with another replica if repeating is harmless (RFC 9110, 9.2.1), and otherwise is 503.
/// </summary>
internal sealed partial class Proxy : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMilliseconds(400);

    private readonly IHttpForwarder _forwarder;
    private readonly RequestTransformer _transformer;
    private readonly ForwarderRequestConfig _request;
    private readonly ForwarderRequestConfig _stream = new() { ActivityTimeout = Timeout.InfiniteTimeSpan, Version = HttpVersion.Version11 };
    private readonly ILogger _logger;

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectLimit,
        // As the server has read it; a header that cannot be written would look like a service that cannot be reached.
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
    });

    public Proxy(IHttpForwarder forwarder, GatewayOptions options, ServicesOptions services, ILogger<Proxy> logger)
    {
        _forwarder = forwarder;
        _transformer = new RequestTransformer(services.Secret);
        _request = new ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromSeconds(options.TimeoutSeconds), Version = HttpVersion.Version11 };
        _logger = logger;
    }

    public void Dispose() => _http.Dispose();

    /// <exception cref="Refusal">503 <c>service_unavailable</c>, 413.</exception>
    public async Task Forward(HttpContext context, Backend backend)
    {
        RefuseTooLarge(context);
        if (backend.Next() is not { } replica) throw Away(backend);
        if (await TryForward(context, replica)) return;
        var mayRepeat = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method);
        if (mayRepeat && backend.Next(except: replica) is { } other && await TryForward(context, other)) return;
        throw Away(backend);
    }

    /// <summary>False when nothing has been answered, because the replica could not be reached or did not answer in time.</summary>
    private async Task<bool> TryForward(HttpContext context, Replica replica)
    {
        var error = await _forwarder.SendAsync(context, replica.Prefix, _http, IsStream(context.Request.Path) ? _stream : _request, _transformer);
        if (error is ForwarderError.None)
        {
            replica.Succeeded();
            return true;
        }
        var cause = context.GetForwarderErrorFeature()?.Exception;
        if (error is not (ForwarderError.Request or ForwarderError.RequestTimedOut))
        {
            // The client has gone or sent rubbish, or the answer broke off in the middle: the client sees it cut.
            if (Find<BadHttpRequestException>(cause) is { } bad && !context.Response.HasStarted) throw bad;
            return true;
        }
        replica.Failed();
        LogFailed(cause, replica.Address, error);
        if (context.Response.HasStarted) return true;
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.StatusCode = StatusCodes.Status200OK;
        return false;
    }

    private static void RefuseTooLarge(HttpContext context)
    {
        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        if (!(context.Request.ContentLength > limit)) return;
        // What is left unread of the body makes the connection useless.
        context.Response.Headers.Connection = "close";
        throw Refusal.TooLarge("The request body is too large.");
    }

    private static bool IsStream(PathString path) =>
        path.Value!.EndsWith("/stream", StringComparison.OrdinalIgnoreCase) || path.Value.Contains("/stream/", StringComparison.OrdinalIgnoreCase);

    private static T? Find<T>(Exception? error) where T : Exception
    {
        while (error is not null and not T) error = error.InnerException;
        return error as T;
    }

    private static Refusal Away(Backend backend) => Refusal.Unavailable("service_unavailable", $"The {backend.Name} cannot be reached now.");

    [LoggerMessage(1, LogLevel.Warning, "{Address} did not answer ({Error})")]
    private partial void LogFailed(Exception? cause, Uri address, ForwarderError error);
}
