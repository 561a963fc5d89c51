using System.Collections.Concurrent;
using System.Diagnostics;
using BigTech.Tests.Testing;
using Microsoft.AspNetCore.Builder;

namespace BigTech.Tests.Integration.Telemetry;

public sealed class TracingTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task The_span_of_a_request_has_its_route_and_its_parent_and_nothing_of_its_path_and_query()
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
            app => app.MapGet("/traced/{code}", (string code) => code), ("Telemetry:OtlpEndpoint", Loopback.UnusedAddress().ToString()));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/traced/secret?ticket=secret");
        request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.EnsureSuccessStatusCode();
        await Eventually.Holds(() => spans.Any(IsOfTheRequest), "the span ends");
        var span = spans.Single(IsOfTheRequest);
        span.Kind.ShouldBe(ActivityKind.Server);
        span.DisplayName.ShouldBe("GET /traced/{code}");
        span.ParentSpanId.ToHexString().ShouldBe("b7ad6b7169203331");
        span.GetTagItem("http.route").ShouldBe("/traced/{code}");
        span.GetTagItem("http.response.status_code").ShouldBe(200);
        span.TagObjects.ShouldNotContain(tag => $"{tag.Value}".Contains("secret") || $"{tag.Value}".Contains("ticket"));

        static bool IsOfTheRequest(Activity span) => span.TraceId.ToHexString() == Trace && span.Source.Name == "Microsoft.AspNetCore";
    }
}
