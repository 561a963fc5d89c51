using System.Text.RegularExpressions;
using BigTech.Tests.Testing;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace BigTech.Tests.Deployment.Compose;

/// <summary>A service of a compose file, with its values as they stand there: variables of the environment are not filled in.</summary>
internal sealed record ComposeService(string Name, IReadOnlyDictionary<string, object> Values)
{
    private const string OwnImage = "bigtech-chat";

    public string Image => Text("image");

    /// <summary>Whether it runs this product.</summary>
    public bool IsOurs => Image.Contains(OwnImage, StringComparison.Ordinal);

    /// <summary>Whether it does one thing and ends.</summary>
    public bool EndsByItself => Text("restart") == "no";

    public IReadOnlyDictionary<string, string> Environment { get; } =
        Map(Values, "environment").ToDictionary(entry => entry.Key, entry => $"{entry.Value}");

    /// <summary>The services that it waits for, with the condition.</summary>
    public IEnumerable<(string Name, string Condition)> DependsOn => Map(Values, "depends_on")
        .Select(entry => (entry.Key, $"{((Dictionary<object, object>)entry.Value)["condition"]}"));

    /// <summary>What asks it whether it is well; nothing where no health check is.</summary>
    public IEnumerable<string> HealthCheck => Map(Values, "healthcheck").FirstOrDefault(entry => entry.Key == "test").Value switch
    {
        List<object> test => test.Select(word => $"{word}"),
        string test => [test],
        _ => [],
    };

    public bool Has(string key) => Values.ContainsKey(key);

    public string Text(string key) => Values.TryGetValue(key, out var value) ? $"{value}" : "";

    /// <summary>A list, also if it stands there as one text.</summary>
    public IEnumerable<string> List(string key) => Values.TryGetValue(key, out var value)
        ? value is List<object> list ? list.Select(entry => $"{entry}") : [$"{value}"]
        : [];

    public static IEnumerable<KeyValuePair<string, object>> Map(IReadOnlyDictionary<string, object> values, string key) =>
        values.TryGetValue(key, out var value) && value is Dictionary<object, object> map
            ? map.Select(entry => KeyValuePair.Create($"{entry.Key}", entry.Value))
            : [];
}

/// <summary>A compose file of this repository, or the text of one.</summary>
internal sealed partial class ComposeFile
{
    public const string Folder = "deploy/compose";

    private readonly Dictionary<string, object> _root;

    public ComposeFile(string name, string text)
    {
        Name = name;
        Text = text;
        var parser = new MergingParser(new Parser(new StringReader(text)));
        _root = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(parser);
        Services = [.. ComposeService.Map(_root, "services").Select(entry => new ComposeService(
            entry.Key, ((Dictionary<object, object>)entry.Value).ToDictionary(value => $"{value.Key}", value => value.Value)))];
    }

    /// <summary>All compose files.</summary>
    public static IReadOnlyList<ComposeFile> All { get; } =
        [.. Directory.GetFiles(FullPath(""), "compose*.yaml").Order(StringComparer.Ordinal).Select(path => Read(Path.GetFileName(path)))];

    public string Name { get; }

    public string Text { get; }

    public IReadOnlyList<ComposeService> Services { get; }

    /// <summary>The variables that it takes from its environment: those that must be set, and the defaults of the others.</summary>
    public IEnumerable<(string Name, bool MustBeSet, string Default)> Variables => Variable().Matches(Text)
        .Select(match => (match.Groups[1].Value, match.Groups[2].Value == ":?", match.Groups[3].Value));

    public static ComposeFile Read(string name) => new(name, File.ReadAllText(FullPath(name)));

    /// <summary>A path below the folder of the compose files.</summary>
    public static string FullPath(string path) => Path.GetFullPath(Path.Combine(Repository.Root, Folder, path));

    /// <summary>A value with its variables filled in from the environment, or else by their defaults.</summary>
    public static string Fill(string value, IReadOnlyDictionary<string, string> environment) => Variable().Replace(
        value, match => environment.TryGetValue(match.Groups[1].Value, out var given) ? given
            : match.Groups[2].Value == ":-" ? match.Groups[3].Value
            : throw new InvalidOperationException($"{match.Groups[1].Value} is not set."))
        .Replace("$$", "$", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<!\$)\$\{([A-Z_]+)(:[-?])([^}]*)\}")]
    private static partial Regex Variable();
}
