using System.Text.RegularExpressions;
using BigTech.Tests.Testing;
using YamlDotNet.Serialization;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>A rule of Prometheus: it records a measure, or alerts.</summary>
/// <param name="Name">The recorded metric, or the alert.</param>
internal sealed record Rule(
    string Name, bool IsAlert, string Expression, string? Severity, IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations);

/// <summary>The rules in the repository, and how they are read.</summary>
internal static partial class Rules
{
    public static readonly string Folder = Path.Combine(Repository.Root, "deploy", "observability", "prometheus");

    public static IReadOnlyList<Rule> All { get; } =
        [.. Directory.GetFiles(Path.Combine(Folder, "rules"), "*.yml").Order(StringComparer.Ordinal)
            .SelectMany(file => Parse(File.ReadAllText(file)))];

    public static IReadOnlyList<Rule> Alerts { get; } = [.. All.Where(rule => rule.IsAlert)];

    public static IEnumerable<Rule> Parse(string yaml) =>
        from file in new[] { Yaml.Parse(yaml) }
        from @group in Yaml.List(file, "groups")
        from rule in Yaml.List(@group, "rules")
        let alert = Yaml.Text(rule, "alert")
        select new Rule(
            alert ?? Yaml.Text(rule, "record")!, alert is not null, Yaml.Text(rule, "expr")!,
            Yaml.Text(Yaml.Map(rule, "labels"), "severity"), Yaml.Texts(rule, "labels"), Yaml.Texts(rule, "annotations"));

    /// <summary>
    /// What an alert measures: the left sides of its comparisons. Null where it is not made of comparisons with thresholds.
    /// </summary>
    public static IReadOnlyList<string>? MeasuresOf(string expression)
    {
        var comparisons = And().Split(expression.Trim()).Select(part => Comparison().Match(part)).ToList();
        return comparisons.TrueForAll(match => match.Success) ? [.. comparisons.Select(match => match.Groups[1].Value)] : null;
    }

    [GeneratedRegex(@"\s+and(?:\s+on\s*\(\w*\))?\s+")]
    private static partial Regex And();

    [GeneratedRegex(@"^([a-zA-Z_:][\w:]*)\s*(?:[<>]=?|==)\s*[\d.]+(?:\s*\*\s*[\d.]+)?$")]
    private static partial Regex Comparison();
}

/// <summary>Reads YAML without types: a file has maps, lists and texts.</summary>
internal static class Yaml
{
    private static readonly IDeserializer Deserializer = new DeserializerBuilder().Build();

    public static Dictionary<object, object> Parse(string yaml) => Deserializer.Deserialize<Dictionary<object, object>>(yaml);

    public static Dictionary<object, object>? Map(object? parent, string name) => Get(parent, name) as Dictionary<object, object>;

    /// <summary>The entries of a list; none where there is no list.</summary>
    public static IEnumerable<object> List(object? parent, string name) => Get(parent, name) as List<object> ?? [];

    public static string? Text(object? parent, string name) => Get(parent, name) as string;

    public static IReadOnlyDictionary<string, string> Texts(object? parent, string name) =>
        (Map(parent, name) ?? []).ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value);

    private static object? Get(object? parent, string name) => (parent as Dictionary<object, object>)?.GetValueOrDefault(name);
}
