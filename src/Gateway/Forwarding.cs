using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace BigTech.Gateway;

/// <summary>
/// Wraps YARP's forwarder. A request that fails before its response begins is retried once on another replica if nothing was sent or the
/// method is safe to repeat (RFC 9110, 9.2.1); otherwise the error is 503. What the client did wrong is 400 and says nothing about a
/// replica.
/// </summary>
internal sealed partial class Forwarding(
    RequestDelegate next, IReadOnlyList<ProxiedService> services, ReplicaHealth health, ILogger<Forwarding> logger)
{
    /// <exception cref="AppError">503 <c>service_unavailable</c>, 400 <c>bad_request</c>, 413.</exception>
    public async Task InvokeAsync(HttpContext context)
    {
        RefuseTooLarge(context);
        var proxied = context.GetReverseProxyFeature();
        context.Features.Get<IHttpMetricsTagsFeature>()?.Tags.Add(new("peer.service", ServiceOf(proxied).Role));
        var available = proxied.AvailableDestinations;
        var mayRepeat = !await TryForward(context) && (!WasSent(context) || IsSafe(context.Request.Method));
        var others = mayRepeat ? available.Where(replica => replica != proxied.ProxiedDestination).ToList() : [];
        if (others.Count > 0)
        {
            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.StatusCode = StatusCodes.Status200OK;
            (proxied.AvailableDestinations, proxied.ProxiedDestination) = (others, null);
            await TryForward(context);
        }
        if (!IsOver(context)) throw Unavailable(ServiceOf(proxied));
    }

    /// <summary>Whether the replica failed: it was not reached, broke the connection, or did not begin its response in time.</summary>
    public static bool HasReplicaFailed(HttpContext context) => !IsOver(context)
        && context.GetForwarderErrorFeature()!.Error
            is ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.RequestBodyDestination;

    /// <summary>False if the attempt failed and the client still needs a response.</summary>
    private async Task<bool> TryForward(HttpContext context)
    {
        var proxied = context.GetReverseProxyFeature();
        proxied.AvailableDestinations = health.WithoutTrials(proxied.AvailableDestinations);
        await next(context);
        if (IsOver(context)) return true;
        var error = context.GetForwarderErrorFeature()!;
        if (IsOfTheClient(error.Error)) throw Refusal(context);
        if (proxied.ProxiedDestination is { } replica) LogFailed(error.Exception, replica.Model.Config.Address, error.Error);
        return false;
    }

    /// <summary>True also for a response that broke off midway: the client sees it truncated.</summary>
    private static bool IsOver(HttpContext context) =>
        context.GetForwarderErrorFeature() is null || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested;

    /// <summary>YARP creates the request from the client's path and headers, so it fails only because of these.</summary>
    private static bool IsOfTheClient(ForwarderError error) => error
        is ForwarderError.RequestCreation or ForwarderError.RequestCanceled
        or ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled
        or ForwarderError.ResponseBodyClient or ForwarderError.ResponseBodyCanceled
        or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeRequestCanceled
        or ForwarderError.UpgradeResponseClient or ForwarderError.UpgradeResponseCanceled;

    /// <summary>The server states some errors of a body itself (too large, too slow); others are broken connections or framing.</summary>
    private static Exception Refusal(HttpContext context)
    {
        // YARP has removed the headers of the response.
        GatewayHeaders.Set(context);
        return FindCause<BadHttpRequestException>(context)
            ?? (Exception)AppError.BadRequest(
                "bad_request", "The request body cannot be read.", context.GetForwarderErrorFeature()!.Exception);
    }

    /// <summary>Whether the replica may have seen the request. A connect timeout is a TimeoutException inside a cancellation.</summary>
    private static bool WasSent(HttpContext context) =>
        context.GetForwarderErrorFeature()!.Error is not ForwarderError.NoAvailableDestinations
        && FindCause<HttpRequestException>(context)?.HttpRequestError
            is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        && FindCause<OperationCanceledException>(context)?.InnerException is not TimeoutException;

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static void RefuseTooLarge(HttpContext context)
    {
        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        if (!(context.Request.ContentLength > limit)) return;
        // The unread rest of the body makes the connection unusable.
        context.Response.Headers.Connection = "close";
        throw AppError.TooLarge("The request body is too large.");
    }

    private static T? FindCause<T>(HttpContext context) where T : Exception
    {
        var error = context.GetForwarderErrorFeature()?.Exception;
        while (error is not null and not T) error = error.InnerException;
        return error as T;
    }

    private ProxiedService ServiceOf(IReverseProxyFeature proxied)
    {
        var cluster = proxied.Cluster.Config.ClusterId;
        return services.First(service => cluster == service.Role || cluster == service.Streams);
    }

    private static AppError Unavailable(ProxiedService service) =>
        AppError.Unavailable("service_unavailable", $"The {service.Name} cannot be reached now.");

    [LoggerMessage(1, LogLevel.Warning, "{Address} unavailable ({Error})")]
    private partial void LogFailed(Exception? cause, string address, ForwarderError error);
}
