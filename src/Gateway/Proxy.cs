using System.Diagnostics;
using System.Net;
using BigTech.Platform.Http;
using BigTech.Platform.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace BigTech.Gateway;

/// <summary>
/// Passes requests on to the service that they are for, over YARP's forwarder: bodies and streams go through as they come. What fails before
/// an answer began is tried once with another replica if nothing of it was sent or repeating is harmless (RFC 9110, 9.2.1), and otherwise is
/// 503.
/// </summary>
internal sealed partial class Proxy : IDisposable
{
    private readonly IHttpForwarder _forwarder;
    private readonly RequestTransformer _transformer;
    private readonly ForwarderRequestConfig _request;
    private readonly ForwarderRequestConfig _stream;
    private readonly HttpMessageInvoker _http;
    private readonly ILogger _logger;

    public Proxy(IHttpForwarder forwarder, GatewayOptions options, ServicesOptions services, ILogger<Proxy> logger)
    {
        _forwarder = forwarder;
        _transformer = new RequestTransformer(services.Secret);
        _request = Within(options.TimeoutSeconds);
        // Heartbeats come through a stream that lives: one that brings nothing has lost its service without a farewell.
        _stream = Within(options.StreamSilenceSeconds);
        _http = new HttpMessageInvoker(ServiceConnections.NewHandler(
            TimeSpan.FromMilliseconds(options.ConnectMilliseconds), new ReverseProxyPropagator(DistributedContextPropagator.Current)));
        _logger = logger;
    }

    public void Dispose() => _http.Dispose();

    /// <exception cref="Refusal">503 <c>service_unavailable</c>, 413.</exception>
    public async Task Forward(HttpContext context, Backend backend)
    {
        RefuseTooLarge(context);
        if (backend.Take() is not { } replica) throw Away(backend);
        var outcome = await TryForward(context, replica);
        var mayRepeat = outcome == Outcome.NotReached || (outcome == Outcome.NotAnswered && IsSafe(context.Request.Method));
        if (mayRepeat && backend.Take(except: replica) is { } other) outcome = await TryForward(context, other);
        if (outcome != Outcome.Answered) throw Away(backend);
    }

    private async Task<Outcome> TryForward(HttpContext context, Replica replica)
    {
        // The transformer tells it of the answer, which for a stream ends much later than it begins.
        using var attempt = replica.Begin();
        context.Features.Set(attempt);
        var error = await _forwarder.SendAsync(context, replica.Prefix, _http, IsStream(context.Request.Path) ? _stream : _request, _transformer);
        if (error is ForwarderError.None) return Outcome.Answered;
        var cause = context.GetForwarderErrorFeature()?.Exception;
        // The answer broke off in the middle: the client sees it cut.
        if (context.Response.HasStarted) return Outcome.Answered;
        if (Find<BadHttpRequestException>(cause) is { } bad) throw bad;
        if (context.RequestAborted.IsCancellationRequested) return Outcome.Answered;
        replica.Failed();
        LogFailed(cause, replica.Address, error);
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.StatusCode = StatusCodes.Status200OK;
        return IsAboutTheConnection(cause) ? Outcome.NotReached : Outcome.NotAnswered;
    }

    private static ForwarderRequestConfig Within(int seconds) => new() { ActivityTimeout = TimeSpan.FromSeconds(seconds), Version = HttpVersion.Version11 };

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    /// <summary>Whether it failed before anything was sent. That a connection took too long to open is a time-out within a cancellation.</summary>
    private static bool IsAboutTheConnection(Exception? cause) =>
        Find<HttpRequestException>(cause)?.HttpRequestError
            is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
        || Find<OperationCanceledException>(cause)?.InnerException is TimeoutException;

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

    private enum Outcome
    {
        /// <summary>Or there is nobody any more who could be answered.</summary>
        Answered,

        /// <summary>It may have been done all the same.</summary>
        NotAnswered,

        /// <summary>No connection: it has not been done.</summary>
        NotReached,
    }

    private static Refusal Away(Backend backend) => Refusal.Unavailable("service_unavailable", $"The {backend.Name} cannot be reached now.");

    [LoggerMessage(1, LogLevel.Warning, "{Address} did not answer ({Error})")]
    private partial void LogFailed(Exception? cause, Uri address, ForwarderError error);
}
