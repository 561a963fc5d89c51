using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BigTech.Tests.Testing;
using k8s;
using k8s.Models;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>The chart makes what kustomize makes; the rules for overlays hold for it as well.</summary>
public sealed partial class ChartTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "helm", "bigtech-chat");

    [Fact]
    public async Task The_chart_makes_the_objects_of_kustomize()
    {
        var chart = Objects(await Rendered.Overlay("chart"));
        var kustomize = Objects(await Rendered.Overlay(Rendered.LikeChart));

        chart.Keys.ShouldBe(kustomize.Keys.Where(name => name != "Namespace bigtech-chat"), ignoreOrder: true);
        chart.Where(one => !JsonNode.DeepEquals(one.Value, kustomize[one.Key]))
            .Select(one => $"{one.Key}\n{one.Value}\n{kustomize[one.Key]}").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_chart_has_no_faults() => (await NpmCheckers.Helm("lint", "--strict", Folder)).ShouldSucceed();

    [Fact]
    public async Task Streams_scale_chat_where_an_adapter_is()
    {
        var chart = new Rendered((await NpmCheckers.Helm(
            "template", "chat", Folder, "--namespace", "bigtech-chat", "--set", "streamsOfPod=5k")).ShouldSucceed());
        var watched = await Rendered.Overlay("watched");

        Metrics(chart).ShouldContain("bigtech_streams_open");
        Metrics(chart).ShouldBe(Metrics(watched));

        static string Metrics(Rendered rendered) => KubernetesJson.Serialize(
            rendered.Of<V2HorizontalPodAutoscaler>().Single(one => one.Metadata.Name == "chat-service").Spec.Metrics);
    }

    [Fact]
    public async Task A_password_reaches_the_services_by_an_entry_of_the_secret()
    {
        using var folder = new TemporaryFolder();
        // As docs/operations/kubernetes.md shows it.
        var guide = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs", "operations", "kubernetes.md"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            folder["values.yaml"], Values().Match(guide).Groups[1].Value, TestContext.Current.CancellationToken);

        var chart = new Rendered((await NpmCheckers.Helm(
            "template", "chat", Folder, "--namespace", "bigtech-chat", "--values", folder["values.yaml"])).ShouldSucceed());

        PodRules.All["uses variables after their definition"](chart).ShouldBeEmpty();
        PodRules.All["has no secret in its text"](chart).ShouldBeEmpty();
        foreach (var service in chart.Product.Where(one => one.Component != "gateway"))
        {
            chart.Environment(service)["BIGTECH_Sql__ConnectionString"].ShouldNotBeNull().ShouldContain("$(MYSQL_PASSWORD)");
            KnownSettings.UnknownAmong(chart.Environment(service).Keys).ShouldBeEmpty();
        }
        chart.Environment(chart.Product.Single(one => one.Component == "gateway")).Keys.ShouldNotContain("MYSQL_PASSWORD");
    }

    private static Dictionary<string, JsonNode?> Objects(Rendered rendered)
    {
        var objects = new Rendered(HashOfContent().Replace(rendered.Yaml, "$1"));
        foreach (var deployment in objects.Of<V1Deployment>())
        {
            var pod = deployment.Spec.Template;
            // Kustomize names the settings by their content; the chart marks the pods with it.
            pod.Metadata.Annotations = null;
            pod.Spec.Containers[0].Env = [.. pod.Spec.Containers[0].Env.OrderBy(variable => variable.Name, StringComparer.Ordinal)];
            pod.Spec.TopologySpreadConstraints = [.. pod.Spec.TopologySpreadConstraints.OrderBy(one => one.TopologyKey)];
        }
        return objects.Objects.Where(one => one is not V1Secret)
            .ToDictionary(one => $"{one.Kind} {one.Metadata.Name}", one => JsonNode.Parse(KubernetesJson.Serialize(one)));
    }

    [GeneratedRegex("((?:gateway|service)-settings|bigtech-chat)-[a-z0-9]{10}$", RegexOptions.Multiline)]
    private static partial Regex HashOfContent();

    [GeneratedRegex("```yaml\n# values.yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Values();
}
