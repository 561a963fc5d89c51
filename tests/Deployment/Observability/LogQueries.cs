using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>Comparisons of LogQL and of Kibana's language.</summary>
internal static class FieldComparison
{
    public static bool Holds(string field, string value, string comparison, string wanted) => comparison switch
    {
        "=" or "==" or ":" => value == wanted,
        "!=" => value != wanted,
        "=~" => Regex.IsMatch(value, $"^(?:{wanted})$"),
        "!~" => !Regex.IsMatch(value, $"^(?:{wanted})$"),
        ">=" => Number(field, value) >= Number(field, wanted),
        "<=" => Number(field, value) <= Number(field, wanted),
        ">" => Number(field, value) > Number(field, wanted),
        "<" => Number(field, value) < Number(field, wanted),
        _ => throw new NotSupportedException(comparison),
    };

    private static double Number(string field, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{field} is {text}, no number");
}

/// <summary>The lines that a query of LogQL finds; of a metric query, those that it counts. What is not known here is an error.</summary>
internal static partial class LogQl
{
    public static List<LokiEntry> Find(string query, IEnumerable<LokiEntry> entries)
    {
        var selector = Selector().Match(query);
        selector.Success.ShouldBeTrue(query);
        var matchers = Matcher().Matches(selector.Groups[1].Value).ToList();
        var found = entries.Where(entry => matchers.TrueForAll(matcher => FieldComparison.Holds(
            matcher.Groups[1].Value, entry.Labels.GetValueOrDefault(matcher.Groups[1].Value, ""), matcher.Groups[2].Value,
            matcher.Groups[3].Value)));
        var rest = query[(selector.Index + selector.Length)..];
        var isJson = false;
        while (Stage().Match(rest) is { Success: true } stage)
        {
            rest = rest[stage.Length..];
            isJson |= stage.Groups["json"].Success;
            found = [.. found.Where(Filter(stage, isJson))];
        }
        // What follows the stages of a metric query: its range, and how it is put together.
        rest = Ending().Replace(rest, "");
        rest.ShouldBe("", query);
        return [.. found];
    }

    private static Func<LokiEntry, bool> Filter(Match stage, bool isJson)
    {
        if (stage.Groups["json"].Success) return entry => entry.Line.StartsWith('{');
        if (stage.Groups["text"].Success)
        {
            return entry => entry.Line.Contains(Regex.Unescape(stage.Groups["text"].Value), StringComparison.Ordinal);
        }
        var (field, comparison, wanted) =
            (stage.Groups["field"].Value, stage.Groups["comparison"].Value, stage.Groups["value"].Value.Trim('"'));
        return entry => FieldOf(entry, field, isJson) is { } value
            && (stage.Groups["unwrap"].Success
                ? FieldComparison.Holds(field, value, ">=", "0")
                : FieldComparison.Holds(field, value, comparison, wanted));
    }

    private static string? FieldOf(LokiEntry entry, string field, bool isJson)
    {
        if (entry.Labels.TryGetValue(field, out var label)) return label;
        if (entry.Metadata.TryGetValue(field, out var id)) return id;
        return isJson && JsonSerializer.Deserialize<JsonElement>(entry.Line).TryGetProperty(field, out var value) ? value.ToString() : null;
    }

    [GeneratedRegex(@"\{([^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex("(\\w+)(=~|!~|!=|=)\"([^\"]*)\"")]
    private static partial Regex Matcher();

    [GeneratedRegex("""
        ^\s*(?:\|=\s*"(?<text>(?:[^"\\]|\\.)*)"|\|\s*(?<json>json)\b|\|\s*(?<unwrap>unwrap)\s+(?<field>\w+)
        |\|\s*(?<field>\w+)\s*(?<comparison>=~|!~|!=|>=|<=|==|=|>|<)\s*(?<value>"[^"]*"|[\w.]+))
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Stage();

    [GeneratedRegex(@"^(?:\s*\[\w+\]\)*(?: by \(\w+\))?)?\s*$")]
    private static partial Regex Ending();
}

/// <summary>The documents that a query of Kibana finds: comparisons of fields, joined by <c>and</c>.</summary>
internal static partial class Kql
{
    public static IEnumerable<string> Fields(string query) => Part().Matches(query).Select(match => match.Groups[1].Value);

    public static List<Dictionary<string, JsonElement>> Find(string query, IEnumerable<Dictionary<string, JsonElement>> documents)
    {
        Part().Replace(query, "").Replace(" and ", "", StringComparison.Ordinal).ShouldBe("", query);
        return [.. documents.Where(document => Part().Matches(query).All(part => Holds(part, document)))];
    }

    private static bool Holds(Match part, Dictionary<string, JsonElement> document)
    {
        var (field, comparison) = (part.Groups[1].Value, part.Groups[2].Value);
        if (!document.TryGetValue(field, out var value)) return false;
        // Elasticsearch compares numbers with numbers only.
        if (comparison != ":") value.ValueKind.ShouldBe(JsonValueKind.Number, field);
        return part.Groups[3].Value.Trim('(', ')').Split(" or ")
            .Any(wanted => FieldComparison.Holds(field, value.ToString(), comparison, wanted.Trim('"')));
    }

    [GeneratedRegex("([\\w.]+) ?(:|>=|<=|>|<) (\\([^)]*\\)|\"[^\"]*\"|[\\d.]+)")]
    private static partial Regex Part();
}
