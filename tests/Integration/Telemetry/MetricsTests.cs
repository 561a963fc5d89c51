using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using BigTech.BuildingBlocks.Core;
using BigTech.Tests.Testing;
using Microsoft.AspNetCore.Builder;

namespace BigTech.Tests.Integration.Telemetry;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task A_counter_has_help_type_unit_suffix_and_escaped_labels()
    {
        using var meter = new Meter(Meters.Name);
        await using var host = await Start();
        var counter = meter.CreateCounter<long>("test.sent", "{message}", "Messages\nwith a \\ in their help.");
        counter.Add(2, new KeyValuePair<string, object?>("room.kind", "a\"b\\c\nd"));
        counter.Add(3, new KeyValuePair<string, object?>("room.kind", "a\"b\\c\nd"));

        var text = await host.Scrape();

        text.ShouldContain("# HELP test_sent_total Messages\\nwith a \\\\ in their help.\n");
        text.ShouldContain("# TYPE test_sent_total counter\n");
        text.ShouldContain("test_sent_total{room_kind=\"a\\\"b\\\\c\\nd\"} 5\n");
    }

    [Fact]
    public async Task A_histogram_counts_up_to_infinity()
    {
        using var meter = new Meter(Meters.Name);
        await using var host = await Start();
        var histogram = meter.CreateHistogram(
            "test.wait", "s", "Waiting.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.5, 0.5, 5 }) histogram.Record(value);

        var text = await host.Scrape();

        text.ShouldContain("# TYPE test_wait_seconds histogram\n");
        text.ShouldContain("test_wait_seconds_bucket{le=\"0.1\"} 1\n");
        text.ShouldContain("test_wait_seconds_bucket{le=\"1\"} 3\n");
        text.ShouldContain("test_wait_seconds_bucket{le=\"+Inf\"} 4\n");
        text.ShouldContain("test_wait_seconds_sum{} 6.05\n");
        text.ShouldContain("test_wait_seconds_count{} 4\n");
    }

    [Fact]
    public async Task Gauges_and_up_down_counters_are_gauges()
    {
        using var meter = new Meter(Meters.Name);
        await using var host = await Start();
        meter.CreateObservableGauge("test.size", () => 1.5, "By", "Size.");
        meter.CreateUpDownCounter<int>("test.open", "{stream}", "Open.").Add(-2);

        var text = await host.Scrape();

        text.ShouldContain("# TYPE test_size_bytes gauge\n");
        text.ShouldContain("\ntest_size_bytes{} 1.5\n");
        text.ShouldContain("# TYPE test_open gauge\n");
        text.ShouldContain("\ntest_open{} -2\n");
    }

    [Fact]
    public async Task Every_scrape_is_whole_and_counts_on()
    {
        using var meter = new Meter(Meters.Name);
        await using var host = await Start();
        var counter = meter.CreateCounter<double>("test.again");
        counter.Add(0.5);
        (await host.Scrape()).ShouldContain("test_again_total{} 0.5\n");
        counter.Add(1);
        (await host.Scrape()).ShouldContain("test_again_total{} 1.5\n");
        (await host.Scrape()).ShouldContain("test_again_total{} 1.5\n");
    }

    [Fact]
    public async Task Every_line_has_the_form_of_the_text_format()
    {
        using var meter = new Meter(Meters.Name);
        await using var host = await Start();
        meter.CreateCounter<long>("test.lines").Add(1);
        meter.CreateObservableGauge("test.odd", () => double.NaN);

        var lines = (await host.Scrape()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines.ShouldNotBeEmpty();
        foreach (var line in lines) (Comment().IsMatch(line) || IsSample(line)).ShouldBeTrue(line);
        lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).ShouldBeUnique();
    }

    [Theory]
    [InlineData("text/plain;version=1.0.0;escaping=allow-utf-8")]
    [InlineData("text/html")]
    public async Task Whatever_a_scraper_would_like_the_format_and_the_names_are_the_same(string accept)
    {
        using var meter = new Meter(Meters.Name);
        await using var host = await Start();
        meter.CreateCounter<long>("test.asked").Add(1);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.Content.Headers.ContentType.ShouldNotBeNull().ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("# TYPE test_asked_total counter\n");
    }

    [Fact]
    public async Task A_scraper_that_knows_OpenMetrics_gets_the_same_names_and_the_trace_of_a_sampled_request()
    {
        using var meter = new Meter(Meters.Name);
        var histogram = meter.CreateHistogram(
            "test.sampled", "s", "Sampled.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1] });
        var trace = "";
        await using var host = await TelemetryHost.Start(
            app => app.MapGet("/sampled", () =>
            {
                trace = Activity.Current!.TraceId.ToHexString();
                histogram.Record(0.5);
            }),
            ("Telemetry:OtlpEndpoint", Loopback.UnusedAddress().ToString()));
        (await host.Http.GetAsync("/sampled", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept",
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2");

        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.Content.Headers.ContentType.ShouldNotBeNull().MediaType.ShouldBe("application/openmetrics-text");
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        trace.ShouldNotBeEmpty();
        text.ShouldContain("http_server_request_duration_seconds_bucket{");
        text.Split('\n').Where(line => line.StartsWith("test_sampled_seconds_bucket", StringComparison.Ordinal))
            .ShouldContain(line => line.Contains($"trace_id=\"{trace}\"", StringComparison.Ordinal));
        text.TrimEnd().ShouldEndWith("# EOF");
    }

    private static Task<TelemetryHost> Start() => TelemetryHost.Start(_ => { });

    private static bool IsSample(string line)
    {
        var match = Sample().Match(line);
        var value = match.Groups[1].Value;
        return match.Success && (value is "NaN" || double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
    }

    [GeneratedRegex(@"^# (HELP [a-zA-Z_:][a-zA-Z0-9_:]* .*|TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram))$")]
    private static partial Regex Comment();

    [GeneratedRegex("""^[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*"(?:,(?!\})|(?=\})))*\})? (\S+)$""")]
    private static partial Regex Sample();
}
