using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace BigTech.Platform.Telemetry;

/// <summary>
/// The metrics of this process in Prometheus' text format 0.0.4, collected when somebody asks. Names follow OpenTelemetry's rules for
/// Prometheus: underscores for dots, the unit as a suffix, <c>_total</c> for counters.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TextExporter _exporter = new();
    private readonly MeterProvider _provider;

    public PrometheusText()
    {
        var reader = new BaseExportingMetricReader(_exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(Meters.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddReader(reader)
            .Build();
    }

    public string Collect()
    {
        lock (_gate)
        {
            // The reader hands out its own door for pulling; asked directly it refuses.
            _exporter.Collect!(Timeout.Infinite);
            return _exporter.Text;
        }
    }

    public void Dispose() => _provider.Dispose();

    [ExportModes(ExportModes.Pull)]
    private sealed class TextExporter : BaseExporter<Metric>, IPullMetricExporter
    {
        public string Text { get; private set; } = "";

        public Func<int, bool>? Collect { get; set; }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            var text = new StringBuilder(16 * 1024);
            foreach (var metric in batch) Append(text, metric);
            Text = text.ToString();
            return ExportResult.Success;
        }

        private static void Append(StringBuilder text, Metric metric)
        {
            var (name, type) = (NameOf(metric), TypeOf(metric.MetricType));
            text.Append("# HELP ").Append(name).Append(' ').Append(Escape(metric.Description)).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                if (type == "histogram") AppendHistogram(text, name, point);
                else AppendSample(text, name, Labels(point), ValueOf(metric.MetricType, point));
            }
        }

        private static void AppendHistogram(StringBuilder text, string name, in MetricPoint point)
        {
            var labels = Labels(point);
            var separator = labels.Length == 0 ? "" : ",";
            long below = 0;
            foreach (var bucket in point.GetHistogramBuckets())
            {
                below += bucket.BucketCount;
                var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Number(bucket.ExplicitBound);
                AppendSample(text, name + "_bucket", $"{labels}{separator}le=\"{bound}\"", below);
            }
            AppendSample(text, name + "_sum", labels, point.GetHistogramSum());
            AppendSample(text, name + "_count", labels, point.GetHistogramCount());
        }

        private static void AppendSample(StringBuilder text, string name, string labels, double value)
        {
            text.Append(name);
            if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
            text.Append(' ').Append(Number(value)).Append('\n');
        }

        private static double ValueOf(MetricType type, in MetricPoint point) => type switch
        {
            MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
            MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
            MetricType.LongGauge => point.GetGaugeLastValueLong(),
            MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
            _ => double.NaN,
        };

        private static string TypeOf(MetricType type) => type switch
        {
            MetricType.LongSum or MetricType.DoubleSum => "counter",
            MetricType.Histogram or MetricType.ExponentialHistogram => "histogram",
            _ => "gauge",
        };

        private static string NameOf(Metric metric)
        {
            var name = Sanitize(metric.Name);
            var unit = metric.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
            if (!name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
            return TypeOf(metric.MetricType) == "counter" ? name + "_total" : name;
        }

        private static string Labels(in MetricPoint point)
        {
            var labels = new StringBuilder();
            foreach (var (key, value) in point.Tags)
            {
                if (labels.Length > 0) labels.Append(',');
                var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                labels.Append(Sanitize(key)).Append("=\"").Append(Escape(text).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
            }
            return labels.ToString();
        }

        private static string Sanitize(string name) => string.Create(name.Length, name, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++) target[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
        });

        private static string Escape(string? text) =>
            (text ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

        private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }
}
