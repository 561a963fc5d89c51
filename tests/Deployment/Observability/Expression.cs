using System.Text.RegularExpressions;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>
/// What an expression of PromQL names: metrics, and labels of each. It is read by its words; Prometheus itself checks the syntax.
/// </summary>
internal sealed partial class Expression
{
    private static readonly string[] Keywords = ["and", "or", "unless", "bool", "offset", "by", "on", "without", "ignoring", "group_left"];

    public Expression(string text)
    {
        // The texts of labels hold braces of routes. Those that label_replace gives are names of labels.
        var bare = Quoted().Replace(text, "\"\"");
        Given = [.. Quoted().Matches(text).Select(match => match.Groups[1].Value).Where(given => Word().IsMatch(given))];
        Matched = [.. Selector().Matches(bare).SelectMany(
            selector => LabelName().Matches(selector.Groups[2].Value).Select(label => (selector.Groups[1].Value, label.Groups[1].Value)))];
        Grouped = [.. Grouping().Matches(bare).SelectMany(group => Word().Matches(group.Groups[1].Value)).Select(match => match.Value)];
        var rest = Grouping().Replace(Range().Replace(Braces().Replace(bare, " "), " "), " ");
        Named = [.. Name().Matches(rest).Select(match => match.Value).Where(name => !Keywords.Contains(name))];
        Metrics = [.. Named.Distinct()];
    }

    public IReadOnlyList<string> Metrics { get; }

    /// <summary>The metrics as often as it names them.</summary>
    public IReadOnlyList<string> Named { get; }

    /// <summary>The labels that selectors of metrics ask for.</summary>
    public IReadOnlyList<(string Metric, string Label)> Matched { get; }

    /// <summary>The labels by which it groups.</summary>
    public IReadOnlyList<string> Grouped { get; }

    /// <summary>Texts that may be the name of a label that it adds.</summary>
    public IReadOnlyList<string> Given { get; }

    /// <summary>The metrics under the measures of the rules, which scrapes must bring.</summary>
    public static IEnumerable<string> ScrapedBy(string text) => new Expression(text).Metrics.SelectMany(metric =>
    {
        var measures = Rules.All.Where(rule => !rule.IsAlert && rule.Name == metric).ToList();
        return measures.Count > 0 ? measures.SelectMany(rule => ScrapedBy(rule.Expression)) : [metric];
    });

    [GeneratedRegex("\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"([a-zA-Z_:][\w:]*)\{([^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex LabelName();

    [GeneratedRegex(@"\b(?:by|on|without|ignoring|group_left)\s*\(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\w+$|\b\w+\b")]
    private static partial Regex Word();
}
