using System.Globalization;
using System.Text.RegularExpressions;

namespace BigTech.Tests.EndToEnd;

/// <summary>One scrape in Prometheus' text format, parsed as strictly as by Prometheus.</summary>
public sealed partial class PrometheusText
{
    private readonly List<(string Name, string Line, double Value)> _samples = [];
    private readonly List<(string Name, string Label)> _labels = [];

    /// <summary>The type of every metric family.</summary>
    public Dictionary<string, string> Types { get; } = [];

    /// <summary>A line for every metric family: its name, its type, and the label names of its samples.</summary>
    public List<string> Families =>
        [.. Types.OrderBy(family => family.Key,
            StringComparer.Ordinal).Select(family => string.Join(' ', [family.Key, family.Value, .. LabelsOf(family.Key)]))];

    public static PrometheusText Parse(string text)
    {
        var parsed = new PrometheusText();
        text.ShouldEndWith("\n");
        foreach (var line in text.TrimEnd('\n').Split('\n'))
            parsed.Add(line);
        parsed._samples.ShouldNotBeEmpty();
        return parsed;
    }

    /// <summary>The sum over the label values that are not given; zero without samples.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels) => _samples
        .Where(sample => sample.Name == name && labels.All(
            label => sample.Line.Contains($"{label.Name}=\"{label.Value}\"", StringComparison.Ordinal)))
        .Sum(sample => sample.Value);

    /// <summary>The values of a label, over all samples of a name.</summary>
    public IEnumerable<string> Values(string name, string label) => _samples
        .Where(sample => sample.Name == name)
        .Select(sample => Regex.Match(sample.Line, $"[{{,]{label}=\"([^\"]*)\""))
        .Where(found => found.Success)
        .Select(found => found.Groups[1].Value)
        .Distinct();

    private void Add(string line)
    {
        if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
        {
            var type = TypeLine().Match(line);
            type.Success.ShouldBeTrue(line);
            Types.TryAdd(type.Groups[1].Value, type.Groups[2].Value).ShouldBeTrue($"a family has one type: {line}");
        }
        else if (line.Length > 0 && line[0] != '#')
        {
            var sample = SampleLine().Match(line);
            sample.Success.ShouldBeTrue(line);
            foreach (Match label in LabelName().Matches(line)) _labels.Add((sample.Groups[1].Value, label.Groups[1].Value));
            var value = sample.Groups[2].Value;
            _samples.Add((sample.Groups[1].Value, line, value is "+Inf" or "-Inf" or "NaN" ? double.NaN : Number(value)));
        }
    }

    private IEnumerable<string> LabelsOf(string family)
    {
        string[] samples = Types[family] == "histogram" ? [$"{family}_bucket", $"{family}_sum", $"{family}_count"] : [family];
        return _labels.Where(label => samples.Contains(label.Name)).Select(label => label.Label).Distinct().Order(StringComparer.Ordinal);
    }

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    [GeneratedRegex("""[{,]([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\\n]|\\[\\"n])*"(?=[},])""")]
    private static partial Regex LabelName();

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (\S+)(?: -?\d+)?$""")]
    private static partial Regex SampleLine();
}
