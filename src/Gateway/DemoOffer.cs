using System.Net;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Gateway;

/// <summary>
/// Tells the web client whether to offer its demo, at <c>/demo.json</c>: <c>{"is_offered": true}</c>. The client itself makes the users and
/// rooms of the demo, by the API. Without a setting it is offered on this machine only, while there is no user.
/// </summary>
internal sealed class DemoOffer(GatewayOptions options, IsFirstVisit? isFirstVisit)
{
    private const string Path = "/demo.json";

    // Users do not become fewer than one: the store is asked only as long as there is none.
    private volatile bool _isOver;

    public static void Use(IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        var offer = new DemoOffer(services.GetRequiredService<GatewayOptions>(), services.GetService<IsFirstVisit>());
        app.Use((context, next) => context.Request.Path == Path ? offer.Answer(context) : next(context));
    }

    private async Task Answer(HttpContext context)
    {
        var isOffered = options.Demo ?? (IsOfThisMachine(context) && await IsFirst(context.RequestAborted));
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(isOffered ? """{"is_offered":true}""" : """{"is_offered":false}""", context.RequestAborted);
    }

    private async ValueTask<bool> IsFirst(CancellationToken ct)
    {
        if (_isOver || isFirstVisit is null) return false;
        var isFirst = await isFirstVisit(ct);
        _isOver = !isFirst;
        return isFirst;
    }

    /// <summary>What a proxy that is not trusted passes on may come from anywhere.</summary>
    private static bool IsOfThisMachine(HttpContext context) =>
        ClientAddress.From(context) is { } address && IPAddress.IsLoopback(address)
            && !UntrustedProxyWarning.NamesAProxy(context.Request.Headers);
}
