using System.Diagnostics;
using BigTech.BuildingBlocks.Web.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;

namespace BigTech.BuildingBlocks.Web.Telemetry;

/// <summary>
/// A client's <c>traceparent</c> becomes a link of the request's trace, not its parent: a client must not choose trace ids in the log, nor
/// decide which requests are sampled (W3C Trace Context, section 3.4, restart of a trace at a trust boundary). A trusted proxy and the
/// product's own processes continue their traces.
/// </summary>
public static class ClientTraces
{
    // The web server runs the requests of a connection in the context in which its middleware called the next one.
    private static readonly AsyncLocal<bool> IsTrustedConnection = new();

    /// <summary>Registers the decision. Requires <see cref="ServiceKeys"/>.</summary>
    public static IServiceCollection AddClientTraces(this IServiceCollection services)
    {
        // The instrumentation would read the header again with any other propagator.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        return services.AddSingleton<DistributedContextPropagator, TrustedParents>();
    }

    /// <summary>Adds the client's trace as a link. The first middleware.</summary>
    public static IApplicationBuilder UseClientTraceLinks(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (Activity.Current is { IsAllDataRequested: true, ParentId: null } request && FindTrace(context.Request.Headers) is { } trace)
        {
            request.AddLink(new ActivityLink(trace));
        }
        return next(context);
    });

    /// <summary>Called by the connection middleware for a connection of a trusted proxy.</summary>
    public static void TrustConnection() => IsTrustedConnection.Value = true;

    private static ActivityContext? FindTrace(IHeaderDictionary headers) =>
        headers.TraceParent is [{ } parent] && ActivityContext.TryParse(parent, headers.TraceState, isRemote: true, out var trace)
            ? trace
            : null;

    private sealed class TrustedParents(ServiceKeys keys) : DistributedContextPropagator
    {
        private readonly DistributedContextPropagator _all = CreateDefaultPropagator();

        public override IReadOnlyCollection<string> Fields => _all.Fields;

        public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) =>
            _all.Inject(activity, carrier, setter);

        public override void ExtractTraceIdAndState(
            object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
        {
            (traceId, traceState) = (null, null);
            if (IsTrusted(carrier)) _all.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);
        }

        public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) =>
            IsTrusted(carrier) ? _all.ExtractBaggage(carrier, getter) : null;

        private bool IsTrusted(object? carrier) => IsTrustedConnection.Value
            || (carrier is IHeaderDictionary headers && keys.HolderOf(headers) != KeyHolder.None);
    }
}
