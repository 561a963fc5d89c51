using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using BigTech.Tests.EndToEnd.Telemetry.Protocol;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.EndToEnd.Telemetry;

/// <summary>A span as a collector gets it.</summary>
/// <param name="Service">The <c>service.name</c> of its process.</param>
/// <param name="Parent">Empty for the first span of a trace.</param>
public sealed record CollectedSpan(string Service, string Trace, string Id, string Parent, string Name, ActivityKind Kind);

/// <summary>A collector of traces: OTLP over gRPC, on a free port.</summary>
public sealed class TraceCollector : TraceService.TraceServiceBase, IAsyncDisposable
{
    private readonly ConcurrentQueue<CollectedSpan> _spans = new();
    private readonly WebApplication _app;

    private TraceCollector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(this);
        builder.Services.AddGrpc();
        _app = builder.Build();
        _app.MapGrpcService<TraceCollector>();
    }

    public string Address => _app.Urls.Single();

    public static async Task<TraceCollector> Start()
    {
        var collector = new TraceCollector();
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>The spans of all traces so far.</summary>
    public IReadOnlyList<CollectedSpan> All => [.. _spans];

    /// <summary>The spans of a trace so far.</summary>
    public IReadOnlyList<CollectedSpan> Of(string trace) => [.. _spans.Where(span => span.Trace == trace)];

    public override Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context)
    {
        foreach (var process in request.ResourceSpans)
        {
            var service = process.Resource.Attributes.Single(attribute => attribute.Key == "service.name").Value.StringValue;
            foreach (var span in process.ScopeSpans.SelectMany(scope => scope.Spans))
            {
                _spans.Enqueue(new CollectedSpan(
                    service, Hex(span.TraceId), Hex(span.SpanId), Hex(span.ParentSpanId), span.Name, KindOf(span.Kind)));
            }
        }
        return Task.FromResult(new ExportTraceServiceResponse());
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);

    /// <summary>The protocol counts from 1, which is an inner span.</summary>
    private static ActivityKind KindOf(int kind) => (ActivityKind)(kind - 1);
}
