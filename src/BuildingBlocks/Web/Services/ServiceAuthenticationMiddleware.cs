using System.Net;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BigTech.BuildingBlocks.Web.Services;

/// <summary>
/// Authenticates the product's own processes by their secrets. Their statements about the user are trusted: the user's address, for which
/// sign-in counts failures. For callers other than services the internal paths do not exist.
/// </summary>
public sealed partial class ServiceAuthenticationMiddleware(
    RequestDelegate next, ServiceKeys keys, ILogger<ServiceAuthenticationMiddleware> logger)
{
    private const string ForwardedFor = "X-Forwarded-For";

    private int _warned;

    public Task Invoke(HttpContext context)
    {
        var headers = context.Request.Headers;
        var holder = keys.HolderOf(headers);
        if (holder != KeyHolder.None)
        {
            BelieveAddress(context);
        }
        else if (headers.ContainsKey(ServiceKeys.Header) && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            LogUnknownKey(ClientAddress.From(context));
        }
        if (context.GetEndpoint()?.Metadata.GetMetadata<ForServices>() is { } required && !IsAccepted(holder, required))
        {
            return ProblemMiddleware.Write(context, AppError.NotFound("not_found", "There is nothing at this path."));
        }
        return next(context);
    }

    private static bool IsAccepted(KeyHolder holder, ForServices required) =>
        holder == KeyHolder.Service || (holder == KeyHolder.Gateway && required.OrGateway);

    private static void BelieveAddress(HttpContext context)
    {
        if (context.Request.Headers[ForwardedFor] is [{ } given] && IPAddress.TryParse(given, out var address))
        {
            context.Connection.RemoteIpAddress = address;
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "A request from {Address} has an unknown service key. If it is a gateway or a service, its secret differs from the one here, and "
        + "its clients count as one address. Further ones are not reported.")]
    private partial void LogUnknownKey(IPAddress? address);
}

public static class ServiceEndpoints
{
    /// <summary>Restricts endpoints to the product's own services.</summary>
    /// <param name="orGateway">Whether they also accept a gateway that has only the secret of gateways.</param>
    public static TBuilder RequireService<TBuilder>(this TBuilder endpoints, bool orGateway = false)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new ForServices(orGateway), new ExcludeFromDescriptionAttribute());
}
