using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>
/// What the configuration of Filebeat does with a line of a container's log file: its processors are read from the file and done in their
/// order. What is not known here is an error.
/// </summary>
internal sealed class FilebeatPipeline
{
    private readonly List<(string Name, Dictionary<object, object> Settings)> _processors;

    public FilebeatPipeline(string yaml)
    {
        var file = Yaml.Parse(yaml);
        var input = Yaml.List(file, "filebeat.inputs").Single();
        // The only parser: it takes the line out of the object that Docker writes.
        ((Dictionary<object, object>)Yaml.List(input, "parsers").Single()).Keys.Single().ShouldBe("container");
        _processors = [.. Yaml.List(file, "processors").Cast<Dictionary<object, object>>()
            .Select(processor => ((string)processor.Keys.Single(), (Dictionary<object, object>)processor.Values.Single()))];
    }

    /// <summary>The document that becomes of a line; null where its container is not of the product.</summary>
    /// <param name="written">What Docker has written.</param>
    public Dictionary<string, JsonElement>? Process(string container, string written)
    {
        var document = new Dictionary<string, JsonElement>();
        Set(document, "message", JsonSerializer.Deserialize<JsonElement>(written).GetProperty("log").GetString()!.TrimEnd('\n'));
        foreach (var (name, settings) in _processors)
        {
            switch (name)
            {
                case "add_docker_metadata":
                    Knows(settings, "host");
                    Set(document, "container.name", container);
                    break;
                case "drop_event":
                    if (Holds(settings, document)) return null;
                    break;
                case "decode_json_fields":
                    Decode(document, settings);
                    break;
                case "timestamp":
                    Knows(settings, "field", "layouts", "ignore_missing", "ignore_failure");
                    if (!document.TryGetValue(Yaml.Text(settings, "field")!, out var time)) break;
                    Set(document, "@timestamp", TimeOf(time.GetString()!, (string)Yaml.List(settings, "layouts").Single()));
                    break;
                case "drop_fields":
                    if (Holds(settings, document)) Drop(document, settings);
                    break;
                case "rename":
                    Rename(document, settings);
                    break;
                default:
                    throw new NotSupportedException(name);
            }
        }
        return document;
    }

    private static void Decode(Dictionary<string, JsonElement> document, Dictionary<object, object> settings)
    {
        Knows(settings, "fields", "target", "max_depth", "add_error_key");
        foreach (var field in Yaml.List(settings, "fields").Cast<string>())
        {
            var text = document[field].GetString()!;
            if (!text.StartsWith('{')) continue;
            foreach (var value in JsonSerializer.Deserialize<JsonElement>(text).EnumerateObject())
            {
                document[$"{Yaml.Text(settings, "target")}.{value.Name}"] = value.Value;
            }
        }
    }

    private static void Drop(Dictionary<string, JsonElement> document, Dictionary<object, object> settings)
    {
        foreach (var field in Yaml.List(settings, "fields").Cast<string>())
        {
            if (!document.Remove(field)) Yaml.Text(settings, "ignore_missing").ShouldBe("true", $"{field} is missing");
        }
    }

    private static void Rename(Dictionary<string, JsonElement> document, Dictionary<object, object> settings)
    {
        Knows(settings, "fields", "ignore_missing", "fail_on_error");
        foreach (var field in Yaml.List(settings, "fields"))
        {
            var (from, to) = (Yaml.Text(field, "from")!, Yaml.Text(field, "to")!);
            if (!document.ContainsKey(from)) continue;
            document.ShouldNotContainKey(to, $"{from}: a field that exists is not overwritten");
            document[to] = document[from];
            document.Remove(from);
        }
    }

    /// <summary>The condition of a processor; true without one.</summary>
    private static bool Holds(Dictionary<object, object> settings, Dictionary<string, JsonElement> document)
    {
        var conditions = settings.Where(setting => ((string)setting.Key).StartsWith("when.", StringComparison.Ordinal)).ToList();
        return conditions.TrueForAll(condition => (string)condition.Key switch
        {
            "when.has_fields" => ((List<object>)condition.Value).Cast<string>().All(document.ContainsKey),
            "when.not.regexp.container.name" => !Regex.IsMatch(document["container.name"].GetString()!, (string)condition.Value),
            var unknown => throw new NotSupportedException(unknown),
        });
    }

    /// <summary>The layout is Go's: its example time stands for the places of the parts.</summary>
    private static DateTimeOffset TimeOf(string text, string layout)
    {
        var format = layout.Replace("2006-01-02T15:04:05", "yyyy-MM-ddTHH:mm:ss", StringComparison.Ordinal)
            .Replace(".999999999", ".FFFFFFF", StringComparison.Ordinal).Replace("Z07:00", "K", StringComparison.Ordinal);
        return DateTimeOffset.ParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None);
    }

    private static void Set<T>(Dictionary<string, JsonElement> document, string field, T value) =>
        document[field] = JsonSerializer.SerializeToElement(value);

    private static void Knows(Dictionary<object, object> settings, params string[] names) =>
        settings.Keys.Cast<string>().Except(names).ShouldBeEmpty();
}
