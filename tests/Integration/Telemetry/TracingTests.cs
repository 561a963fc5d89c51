using System.Collections.Concurrent;
using System.Diagnostics;
using BigTech.BuildingBlocks.Web.Services;
using BigTech.Tests.Testing;
using Microsoft.AspNetCore.Builder;

namespace BigTech.Tests.Integration.Telemetry;

public sealed class TracingTests
{
    // Other tests of this process have spans of the same source.
    private const string Marker = "test.path";
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    private const string Span = "b7ad6b7169203331";

    [Fact]
    public async Task The_span_of_a_request_has_its_route_and_nothing_of_its_path_and_query()
    {
        var span = await SpanOf("/traced/secret?ticket=secret");

        span.Kind.ShouldBe(ActivityKind.Server);
        span.DisplayName.ShouldBe("GET /traced/{code}");
        span.GetTagItem("http.route").ShouldBe("/traced/{code}");
        span.GetTagItem("http.response.status_code").ShouldBe(200);
        span.TagObjects.ShouldNotContain(tag => $"{tag.Value}".Contains("secret") || $"{tag.Value}".Contains("ticket"));
    }

    [Fact]
    public async Task The_trace_of_a_client_is_a_link_and_that_of_a_process_of_the_product_the_parent()
    {
        var ofClient = await SpanOf("/traced/1");
        var ofLiar = await SpanOf("/traced/2", key: "another-secret");
        var ofService = await SpanOf("/traced/3", TelemetryHost.Secret);

        foreach (var span in new[] { ofClient, ofLiar })
        {
            span.TraceId.ToHexString().ShouldNotBe(Trace);
            span.ParentId.ShouldBeNull();
            var link = span.Links.ShouldHaveSingleItem().Context;
            (link.TraceId.ToHexString(), link.SpanId.ToHexString()).ShouldBe((Trace, Span));
        }
        ofService.ParentId.ShouldBe($"00-{Trace}-{Span}-01");
        ofService.Links.ShouldBeEmpty();
    }

    private static async Task<Activity> SpanOf(string path, string? key = null)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await TelemetryHost.Start(
            app => app.MapGet("/traced/{code}", (string code) =>
            {
                Activity.Current!.SetTag(Marker, path);
                return code;
            }),
            ("Telemetry:OtlpEndpoint", Loopback.UnusedAddress().ToString()));
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("traceparent", $"00-{Trace}-{Span}-01");
        if (key is not null) request.Headers.Add(ServiceKeys.Header, key);

        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.EnsureSuccessStatusCode();
        await Eventually.Holds(() => spans.Any(IsOfTheRequest), "the span ends");
        return spans.Single(IsOfTheRequest).SetTag(Marker, null);

        bool IsOfTheRequest(Activity span) => (string?)span.GetTagItem(Marker) == path;
    }
}
