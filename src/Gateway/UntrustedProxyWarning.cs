using System.Net;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using Microsoft.AspNetCore.Http;

namespace BigTech.Gateway;

/// <summary>
/// Logs the first request that a proxy without trust has passed on. With such a proxy all clients count as one address: a few bad passwords
/// of one of them stop the sign-ins of all.
/// </summary>
internal sealed partial class UntrustedProxyWarning(
    RequestDelegate next, GatewayOptions options, ServiceKeys keys, ILogger<UntrustedProxyWarning> logger)
{
    private static readonly string[] OfProxies =
        ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"];

    private readonly Func<IPAddress?, bool> _trusts = options.TrustsProxy();
    private int _warned;

    public Task Invoke(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (_warned == 0 && NamesAProxy(headers) && !_trusts(context.Connection.RemoteIpAddress)
            && keys.HolderOf(headers) == KeyHolder.None && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            LogUntrusted(ClientAddress.From(context));
        }
        return next(context);
    }

    /// <summary>Whether a request has been passed on, as it says.</summary>
    public static bool NamesAProxy(IHeaderDictionary headers)
    {
        foreach (var name in OfProxies)
        {
            if (headers.ContainsKey(name)) return true;
        }
        return false;
    }

    [LoggerMessage(1, LogLevel.Warning,
        "A request from {Address} has headers of a proxy, which are not believed. If it is your proxy, name it in "
        + "Gateway__TrustedProxies: else all its clients count as one address. Further ones are not reported.")]
    private partial void LogUntrusted(IPAddress? address);
}
