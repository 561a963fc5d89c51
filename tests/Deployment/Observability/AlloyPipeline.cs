using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>A line as Loki gets it.</summary>
internal sealed record LokiEntry(
    IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset? Time, string Line);

/// <summary>
/// What the configuration of Alloy does with a line of a container: its rules and stages are read from the file and done in their order.
/// What is not known here is an error.
/// </summary>
internal sealed partial class AlloyPipeline
{
    private readonly string _text;
    private readonly List<Dictionary<string, string>> _rules;
    private readonly List<(string Name, Dictionary<string, string> Settings)> _stages;

    public AlloyPipeline(string text)
    {
        _text = Comment().Replace(text, "");
        _rules = [.. Rule().Matches(_text).Select(match => Settings(match.Groups[1].Value))];
        _stages = [.. Stage().Matches(_text).Select(match => (match.Groups[1].Value, Settings(Block(match.Index + match.Length))))];
    }

    public IReadOnlyList<string> Stages => [.. _stages.Select(stage => stage.Name)];

    /// <summary>Components that another one names and that do not exist.</summary>
    public IEnumerable<string> Missing
    {
        get
        {
            var components = Component().Matches(_text).Select(match => $"{match.Groups[1].Value}.{match.Groups[2].Value}").ToList();
            return Reference().Matches(_text).Select(match => match.Groups[1].Value).Except(components);
        }
    }

    /// <summary>What becomes of a line of a container of Docker; null where it is not of the product.</summary>
    public LokiEntry? Process(string container, string line) =>
        Process(new Dictionary<string, string> { ["__meta_docker_container_name"] = container }, line);

    /// <summary>What becomes of a line; null where what is discovered about its source is not of the product.</summary>
    public LokiEntry? Process(Dictionary<string, string> source, string line)
    {
        if (Relabel(source) is not { } labels) return null;
        // A stage may take a label, too.
        var (metadata, extracted) = (new Dictionary<string, string>(), new Dictionary<string, string>(labels));
        DateTimeOffset? time = null;
        foreach (var (stage, settings) in _stages)
        {
            switch (stage)
            {
                case "json":
                    Extract(line, Pairs(settings, "expressions"), extracted);
                    break;
                case "timestamp":
                    Knows(settings, "source", "format");
                    if (extracted.TryGetValue(settings["source"], out var text)) time = TimeOf(text, settings["format"]);
                    break;
                case "labels":
                    Take(Pairs(settings, "values"), extracted, labels);
                    break;
                case "structured_metadata":
                    Take(Pairs(settings, "values"), extracted, metadata);
                    break;
                case "label_keep":
                    Knows(settings, "values");
                    foreach (var name in labels.Keys.Except(Listed(settings["values"])).ToList()) labels.Remove(name);
                    break;
                default:
                    throw new NotSupportedException($"stage.{stage}");
            }
        }
        return new LokiEntry(labels, metadata, time, line);
    }

    private Dictionary<string, string>? Relabel(Dictionary<string, string> source)
    {
        // What the source of the lines on Kubernetes adds where no rule does.
        var labels = new Dictionary<string, string>(source) { ["job"] = "loki.source", ["instance"] = "one" };
        foreach (var rule in _rules)
        {
            // Prometheus anchors the expressions of its rules at both ends.
            var value = labels.GetValueOrDefault(Listed(rule["source_labels"]).Single(), "");
            var match = Regex.Match(value, $"^(?:{rule.GetValueOrDefault("regex", "(.*)")})$");
            switch (rule.GetValueOrDefault("action", "replace"))
            {
                case "keep":
                    if (!match.Success) return null;
                    break;
                case "replace":
                    if (match.Success) labels[rule["target_label"]] = match.Result(rule.GetValueOrDefault("replacement", "$1"));
                    break;
                default:
                    throw new NotSupportedException(rule["action"]);
            }
        }
        return labels.Where(label => !label.Key.StartsWith("__", StringComparison.Ordinal)).ToDictionary();
    }

    private static void Extract(string line, Dictionary<string, string> expressions, Dictionary<string, string> extracted)
    {
        if (!line.StartsWith('{')) return;
        var json = JsonSerializer.Deserialize<JsonElement>(line);
        foreach (var (name, field) in expressions)
        {
            if (json.TryGetProperty(field, out var value)) extracted[name] = value.ToString();
        }
    }

    private static void Take(Dictionary<string, string> values, Dictionary<string, string> extracted, Dictionary<string, string> to)
    {
        foreach (var (name, source) in values)
        {
            if (extracted.TryGetValue(source, out var value)) to[name] = value;
        }
    }

    private static DateTimeOffset TimeOf(string text, string format) => format == "RFC3339Nano"
        ? DateTimeOffset.ParseExact(text, "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None)
        : throw new NotSupportedException(format);

    private static Dictionary<string, string> Pairs(Dictionary<string, string> settings, string map)
    {
        Knows(settings, map);
        return Pair().Matches(settings[map]).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
    }

    private static IEnumerable<string> Listed(string list) => list.Trim('[', ']').Split(',').Select(one => one.Trim(' ', '"'));

    private static void Knows(Dictionary<string, string> settings, params string[] names) =>
        settings.Keys.ShouldBe(names, ignoreOrder: true);

    private static Dictionary<string, string> Settings(string block) =>
        Setting().Matches(block).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim('"'));

    /// <summary>From behind an opening brace to the closing one.</summary>
    private string Block(int start)
    {
        var end = start;
        for (var depth = 1; depth > 0; end++)
        {
            if (_text[end] == '{') depth++;
            if (_text[end] == '}') depth--;
        }
        return _text[start..(end - 1)];
    }

    [GeneratedRegex("^\\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\brule \{([^}]*)\}")]
    private static partial Regex Rule();

    [GeneratedRegex(@"\bstage\.(\w+) \{")]
    private static partial Regex Stage();

    [GeneratedRegex("(\\w+)\\s*= (\"[^\"]*\"|\\[[^\\]]*\\]|\\{[^}]*\\})")]
    private static partial Regex Setting();

    [GeneratedRegex("(\\w+)\\s*= \"(\\w+)\"")]
    private static partial Regex Pair();

    [GeneratedRegex("^([\\w.]+) \"(\\w+)\" \\{", RegexOptions.Multiline)]
    private static partial Regex Component();

    [GeneratedRegex(@"([\w.]+\.\w+)\.(?:receiver|output|targets)\b")]
    private static partial Regex Reference();
}
