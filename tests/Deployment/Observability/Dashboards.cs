using System.Text.Json;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>A panel of a dashboard, without rows.</summary>
internal sealed record Panel(string Dashboard, string Title, JsonElement Json)
{
    public string Name => $"{Dashboard}: {Title}";

    public IReadOnlyList<string> Queries =>
        [.. Json.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()!)];

    public override string ToString() => Name;
}

/// <summary>The dashboards in the repository, as Grafana reads them.</summary>
internal sealed record Dashboard(string File, JsonElement Json)
{
    public static IReadOnlyList<Dashboard> All { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "observability", "grafana", "dashboards"), "*.json")
            .Order(StringComparer.Ordinal)
            .Select(file => new Dashboard(
                Path.GetFileName(file), JsonSerializer.Deserialize<JsonElement>(System.IO.File.ReadAllText(file)))),
    ];

    public string Title => Json.GetProperty("title").GetString()!;

    public IReadOnlyList<Panel> Panels =>
    [
        .. Json.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row")
            .Select(panel => new Panel(Title, panel.GetProperty("title").GetString()!, panel)),
    ];

    public IReadOnlyList<JsonElement> Variables => [.. Json.GetProperty("templating").GetProperty("list").EnumerateArray()];

    public JsonElement Variable(string name) => Variables.First(variable => variable.GetProperty("name").GetString() == name);

    public override string ToString() => File;
}
