using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using BigTech.Tests.EndToEnd;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>What the collectors of logs do with real lines of the server: their stages are read from their files and done here.</summary>
public sealed partial class LogPipelineTests : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "observability");
    private readonly List<JsonElement> _lines = [];

    public async ValueTask InitializeAsync()
    {
        await using var server = await ServerProcess.Start();
        await using (var traffic = await Traffic.Start(server)) await traffic.Repeat();
        server.Terminate();
        await server.Ended();
        foreach (var line in server.Output.Split('\n').Where(line => line.StartsWith('{')))
        {
            _lines.Add(JsonSerializer.Deserialize<JsonElement>(line));
        }
        _lines.Count.ShouldBeGreaterThan(30);
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public void Loki_gets_few_labels_the_ids_and_the_time_of_the_line()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "alloy", "config.alloy"));
        var fields = Pairs(text, "json", "expressions");
        var labels = Pairs(text, "labels", "values");
        var metadata = Pairs(text, "structured_metadata", "values");

        labels.Keys.ShouldBe(["level", "service"], ignoreOrder: true);
        // Each stage takes what the first one has extracted, under its own name.
        labels.Concat(metadata).ShouldAllBe(pair => pair.Key == pair.Value && fields.ContainsKey(pair.Key));
        foreach (var (_, field) in fields)
        {
            _lines.Exists(line => line.TryGetProperty(field, out _)).ShouldBeTrue($"a line with {field}");
        }
        foreach (var label in labels.Values) _lines.TrueForAll(line => line.TryGetProperty(label, out _)).ShouldBeTrue(label);
        Values("service").ShouldBe(["bigtech-chat"]);
        Values("level").Count.ShouldBeLessThan(7);
        text.ShouldContain("format = \"RFC3339Nano\"");
        _lines.ShouldAllBe(line => IsRfc3339(line.GetProperty("time").GetString()!));
    }

    [Fact]
    public void Elasticsearch_gets_the_names_of_its_schema()
    {
        var processors = Yaml.List(Yaml.Parse(File.ReadAllText(Path.Combine(Folder, "elastic", "filebeat.yml"))), "processors").ToList();

        var documents = _lines.Select(line => Filebeat(processors, line.GetRawText())).ToList();

        var send = documents.First(
            document => Is(document, "http.request.method", "POST") && Is(document, "bigtech.route", "/messages/{id:long}"));
        send["log.logger"].GetString().ShouldBe("BigTech.Access");
        send["log.level"].GetString().ShouldBe("info");
        send["service.name"].GetString().ShouldBe("bigtech-chat");
        send["http.response.status_code"].GetInt32().ShouldBe(201);
        send["http.response.ms"].ValueKind.ShouldBe(JsonValueKind.Number);
        send["message"].GetString()!.ShouldStartWith("POST /messages/{id:long} 201");
        string[] others = ["trace.id", "span.id", "http.request.id", "user.id", "@timestamp", "bigtech.room_id"];
        others.Except(send.Keys).ShouldBeEmpty();
        documents.ShouldAllBe(document => document.ContainsKey("message") && !document.ContainsKey("bigtech.message"));
        Filebeat(processors, "a line of an engine")["message"].GetString().ShouldBe("a line of an engine");
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(Folder, "elastic", "ilm.json")))
            .GetProperty("policy").GetProperty("phases").GetProperty("delete").GetProperty("min_age").GetString().ShouldBe("7d");
    }

    /// <summary>The recipes of the docs: what they search for by fields must be fields.</summary>
    [Fact]
    public void Fields_in_the_recipes_are_in_the_log()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations", "observability.md"));
        var recipes = LogQl().Match(page).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        recipes.Length.ShouldBeGreaterThan(5);
        foreach (var recipe in recipes)
        {
            var used = FieldFilter().Matches(recipe).Select(match => match.Groups[1].Value).ToList();
            used.Where(field => !_lines.Exists(line => line.TryGetProperty(field, out _))).ShouldBeEmpty(recipe);
        }
    }

    private static bool Is(Dictionary<string, JsonElement> document, string field, string value) =>
        document.TryGetValue(field, out var found) && found.ToString() == value;

    private static bool IsRfc3339(string time) =>
        DateTimeOffset.TryParseExact(time, "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>The names and values of a map in a stage of Alloy.</summary>
    private static Dictionary<string, string> Pairs(string text, string stage, string map) =>
        Regex.Match(text, $@"stage\.{stage} \{{\s*{map} = \{{([^}}]*)\}}").Groups[1].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => Pair().Match(pair)).Where(match => match.Success)
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    /// <summary>The document that Filebeat makes of a line. A processor that is not known here fails the test.</summary>
    private static Dictionary<string, JsonElement> Filebeat(IEnumerable<object> processors, string line)
    {
        var document = new Dictionary<string, JsonElement> { ["message"] = JsonSerializer.SerializeToElement(line) };
        foreach (var processor in processors)
        {
            var name = (string)((Dictionary<object, object>)processor).Keys.Single();
            var settings = Yaml.Map(processor, name);
            switch (name)
            {
                case "add_docker_metadata" or "drop_event":
                    break;
                case "decode_json_fields":
                    if (!line.StartsWith('{')) break;
                    foreach (var field in JsonSerializer.Deserialize<JsonElement>(line).EnumerateObject())
                    {
                        document[$"{Yaml.Text(settings, "target")}.{field.Name}"] = field.Value;
                    }
                    break;
                case "timestamp":
                    if (document.TryGetValue(Yaml.Text(settings, "field")!, out var time)) document["@timestamp"] = time;
                    break;
                case "drop_fields":
                    if (Yaml.List(settings, "when.has_fields").Any(needed => !document.ContainsKey((string)needed))) break;
                    foreach (var field in Yaml.List(settings, "fields")) document.Remove((string)field);
                    break;
                case "rename":
                    foreach (var field in Yaml.List(settings, "fields"))
                    {
                        // A field that exists is not overwritten.
                        if (!document.ContainsKey(Yaml.Text(field, "to")!) && document.Remove(Yaml.Text(field, "from")!, out var value))
                        {
                            document[Yaml.Text(field, "to")!] = value;
                        }
                    }
                    break;
                default:
                    throw new NotSupportedException(name);
            }
        }
        return document;
    }

    private HashSet<string> Values(string field) => [.. _lines.Select(line => line.GetProperty(field).GetString()!)];

    [GeneratedRegex("(\\w+)\\s*= \"(\\w+)\"")]
    private static partial Regex Pair();

    [GeneratedRegex("```logql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex LogQl();

    [GeneratedRegex(@"\| (?:unwrap )?(\w+)(?: ?(?:=|!=|=~|>=?|<)|\s*\[)")]
    private static partial Regex FieldFilter();
}
