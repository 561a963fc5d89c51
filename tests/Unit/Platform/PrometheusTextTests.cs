using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using BigTech.Platform.Telemetry;

namespace BigTech.Tests.Unit.Platform;

public sealed partial class PrometheusTextTests
{
    [Fact]
    public void A_counter_has_help_type_unit_suffix_and_escaped_labels()
    {
        using var meter = new Meter(Meters.Name);
        using var reader = new PrometheusText();
        var counter = meter.CreateCounter<long>("unit.test.sent", "{message}", "Messages\nwith a \\ in their help.");
        counter.Add(2, new KeyValuePair<string, object?>("room.kind", "a\"b\\c\nd"));
        counter.Add(3, new KeyValuePair<string, object?>("room.kind", "a\"b\\c\nd"));

        var text = reader.Collect();

        text.ShouldContain("# HELP unit_test_sent_total Messages\\nwith a \\\\ in their help.\n");
        text.ShouldContain("# TYPE unit_test_sent_total counter\n");
        text.ShouldContain("unit_test_sent_total{room_kind=\"a\\\"b\\\\c\\nd\"} 5\n");
    }

    [Fact]
    public void A_histogram_counts_up_to_infinity()
    {
        using var meter = new Meter(Meters.Name);
        using var reader = new PrometheusText();
        var histogram = meter.CreateHistogram(
            "unit.test.wait", "s", "Waiting.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.5, 0.5, 5 }) histogram.Record(value);

        var text = reader.Collect();

        text.ShouldContain("# TYPE unit_test_wait_seconds histogram\n");
        text.ShouldContain("unit_test_wait_seconds_bucket{le=\"0.1\"} 1\n");
        text.ShouldContain("unit_test_wait_seconds_bucket{le=\"1\"} 3\n");
        text.ShouldContain("unit_test_wait_seconds_bucket{le=\"+Inf\"} 4\n");
        text.ShouldContain("unit_test_wait_seconds_sum 6.05\n");
        text.ShouldContain("unit_test_wait_seconds_count 4\n");
    }

    [Fact]
    public void Gauges_and_up_down_counters_are_gauges()
    {
        using var meter = new Meter(Meters.Name);
        using var reader = new PrometheusText();
        meter.CreateObservableGauge("unit.test.size", () => 1.5, "By", "Size.");
        meter.CreateUpDownCounter<int>("unit.test.open", "{stream}", "Open.").Add(-2);

        var text = reader.Collect();

        text.ShouldContain("# TYPE unit_test_size_bytes gauge\nunit_test_size_bytes 1.5\n");
        text.ShouldContain("# TYPE unit_test_open gauge\nunit_test_open -2\n");
    }

    [Fact]
    public void Every_scrape_is_whole_and_counts_on()
    {
        using var meter = new Meter(Meters.Name);
        using var reader = new PrometheusText();
        var counter = meter.CreateCounter<double>("unit.test.again");
        counter.Add(0.5);
        reader.Collect().ShouldContain("unit_test_again_total 0.5\n");
        counter.Add(1);
        reader.Collect().ShouldContain("unit_test_again_total 1.5\n");
        reader.Collect().ShouldContain("unit_test_again_total 1.5\n");
    }

    [Fact]
    public void Every_line_has_the_form_of_the_text_format()
    {
        using var meter = new Meter(Meters.Name);
        using var reader = new PrometheusText();
        meter.CreateCounter<long>("unit.test.lines").Add(1);
        meter.CreateObservableGauge("unit.test.odd", () => double.NaN);

        var lines = reader.Collect().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines.ShouldNotBeEmpty();
        foreach (var line in lines) (Comment().IsMatch(line) || IsSample(line)).ShouldBeTrue(line);
        lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).ShouldBeUnique();
    }

    private static bool IsSample(string line)
    {
        var match = Sample().Match(line);
        var value = match.Groups[1].Value;
        return match.Success && (value is "NaN" || double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
    }

    [GeneratedRegex(@"^# (HELP [a-zA-Z_:][a-zA-Z0-9_:]* .*|TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram))$")]
    private static partial Regex Comment();

    [GeneratedRegex("""^[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*")*\})? (\S+)$""")]
    private static partial Regex Sample();
}
