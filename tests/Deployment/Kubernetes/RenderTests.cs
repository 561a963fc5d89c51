using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using BigTech.Tests.Testing;
using k8s;
using k8s.Models;
using YamlDotNet.Core;

namespace BigTech.Tests.Deployment.Kubernetes;

public sealed partial class RenderTests
{
    /// <summary>
    /// The operators of the engines publish no package with the schemas of their objects. A change of one is seen by its digest in the
    /// golden file: check it against the definitions of the operator.
    /// </summary>
    private static readonly string[] WithoutSchema = ["k8s.mariadb.com/", "kafka.strimzi.io/", "mongodbcommunity.mongodb.com/"];

    public static TheoryData<string> Overlays => [.. Rendered.Overlays];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task An_overlay_keeps_to_the_schemas(string overlay)
    {
        var problems = await NpmCheckers.Problems((await Rendered.Overlay(overlay)).Yaml);

        problems.Where(line => !WithoutSchema.Any(group => line.StartsWith($"no schema: {group}", StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("small", "averageUtilization: 60", "averageUtilization: sixty", "HorizontalPodAutoscaler")]
    [InlineData("production", "type: prometheus", "kind: prometheus", "ScaledObject")]
    [InlineData("production", "port: metrics", "port: 9464", "ServiceMonitor")]
    [InlineData("production", "gatewayClassName: public", "className: public", "Gateway public")]
    [InlineData("mesh", "mode: STRICT", "mode: STRICTER", "PeerAuthentication")]
    [InlineData("watched", "jobName: certificates", "jobName: [certificates]", "Probe certificates")]
    [InlineData("watched", "    for: 1m", "    for: one minute", "PrometheusRule bigtech-chat-alerts")]
    [InlineData("watched", "sendResolved: true", "sendResolved: sometimes", "AlertmanagerConfig")]
    [InlineData("single", "apiVersion: apps/v1", "apiVersion: apps/v2", "no schema: apps/v2 StatefulSet")]
    public async Task A_planted_fault_breaks_a_schema(string overlay, string text, string instead, string problem)
    {
        var yaml = (await Rendered.Overlay(overlay)).Yaml;
        yaml.ShouldContain(text);

        (await NpmCheckers.Problems(yaml.Replace(text, instead))).ShouldContain(line => line.Contains(problem));
    }

    [Theory]
    [InlineData("restartPolicy: Always", "restartPolice: Always")]
    [InlineData("restartPolicy: Always", "restartPolicy: Always\n  restartPolicy: Never")]
    public void A_planted_unknown_or_repeated_field_is_refused(string text, string instead)
    {
        const string pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: one\nspec:\n  restartPolicy: Always\n  containers: []\n";

        _ = new Rendered(pod);
        Should.Throw<YamlException>(() => new Rendered(pod.Replace(text, instead)));
    }

    /// <summary>Beside metrics-server, which the autoscalers read the processor time from.</summary>
    [Fact]
    public async Task Small_needs_nothing_that_a_cluster_does_not_have()
    {
        NeedsOf(await Rendered.Overlay("small")).ShouldBeEmpty();
        NeedsOf(await Rendered.Overlay("watched")).ShouldContain("chat-service: bigtech_streams_open");
        NeedsOf(await Rendered.Overlay("watched")).ShouldContain("ServiceMonitor exporters");
    }

    [Fact]
    public async Task The_overlays_of_the_guide_do_what_it_says()
    {
        var first = await Rendered.Overlay(Rendered.OfGuide[0]);
        first.Of<V1Ingress>().Single().Spec.Rules.Select(rule => rule.Host).ShouldBe(["chat.my-company.com"]);
        first.Product.ShouldAllBe(one => one.Main.Image == "registry.example.com/bigtech-chat:0.1.0");

        var second = await Rendered.Overlay(Rendered.OfGuide[1]);
        second.OfKind("ServiceMonitor").Concat(second.OfKind("PrometheusRule")).Concat(second.OfKind("AlertmanagerConfig"))
            .Select(one => one.Metadata.Labels["release"]).Distinct().ShouldBe(["kube-prometheus-stack"]);
        second.Workloads.Select(one => one.Name).ShouldContain("jaeger");
        second.Workloads.Select(one => one.Name).ShouldContain("mysql-exporter");
    }

    [Theory]
    [InlineData("cpu: 500m", "cpu: 600m")]
    [InlineData("pathType: Prefix", "pathType: Exact")]
    [InlineData("maxUnavailable: 1", "maxUnavailable: 2")]
    public async Task A_planted_changed_field_changes_a_digest(string text, string instead)
    {
        var yaml = (await Rendered.Overlay("small")).Yaml;
        yaml.ShouldContain(text);

        new Rendered(yaml.Replace(text, instead)).Objects.Select(Digest)
            .ShouldNotBe(new Rendered(yaml).Objects.Select(Digest));
    }

    [Fact]
    public async Task A_planted_missing_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["kustomization.yaml"], "resources: [nowhere.yaml]\n", TestContext.Current.CancellationToken);

        (await NpmCheckers.Kustomize(folder.Path)).ShouldFail().ShouldContain("nowhere.yaml");
    }

    /// <summary>
    /// What an overlay installs: of each object a line with what a reviewer looks at first, and a digest of all the rest, so that no field
    /// changes unseen. After a change on purpose copy the file of <c>artifacts/kubernetes</c> over the golden one; the whole objects are
    /// beside it.
    /// </summary>
    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task An_overlay_makes_the_objects_of_its_golden_file(string overlay)
    {
        var rendered = await Rendered.Overlay(overlay);
        string[] lines =
        [
            .. rendered.Objects.Select(one =>
                    $"{one.Kind} {HashOfContent().Replace(one.Metadata.Name, "")}{Details(rendered, one)}{Digest(one)}")
                .Order(StringComparer.Ordinal),
        ];
        var artifacts = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "kubernetes")).FullName;
        var cancellation = TestContext.Current.CancellationToken;
        await File.WriteAllLinesAsync(Path.Combine(artifacts, $"{overlay}.golden.txt"), lines, cancellation);
        await File.WriteAllTextAsync(Path.Combine(artifacts, $"{overlay}.yaml"), rendered.Yaml, cancellation);

        lines.ShouldBe(await File.ReadAllLinesAsync(
            Path.Combine(Repository.Root, "tests", "Deployment", "Kubernetes", $"{overlay}.golden.txt"), cancellation));
    }

    private static IEnumerable<string> NeedsOf(Rendered rendered) =>
        rendered.Of<Extension>().Select(one => $"{one.Kind} {one.Metadata.Name}")
            .Concat(from scaler in rendered.Of<V2HorizontalPodAutoscaler>()
                    from metric in scaler.Spec.Metrics
                    where metric.Resource is null
                    select $"{scaler.Metadata.Name}: {metric.Pods.Metric.Name}");

    /// <summary>What is copied from files has tests of its own: rules, dashboards, configurations.</summary>
    private static string Digest(IKubernetesObject<V1ObjectMeta> one) => one is V1ConfigMap or Extension { Kind: "PrometheusRule" }
        ? ""
        : $" #{Convert.ToHexStringLower(SHA256.HashData(
            Encoding.UTF8.GetBytes(HashOfContent().Replace(KubernetesYaml.Serialize(one), ""))))[..8]}";

    private static string Details(Rendered rendered, IKubernetesObject<V1ObjectMeta> one) => one switch
    {
        V1Service service =>
            $" {Joined(service.Spec.Ports.Select(port => port.Port))}{(service.Spec.ClusterIP == "None" ? " headless" : "")}",
        V2HorizontalPodAutoscaler scaler => $" {scaler.Spec.MinReplicas}-{scaler.Spec.MaxReplicas} "
            + Joined(scaler.Spec.Metrics.Select(metric => metric.Resource?.Name ?? metric.Pods.Metric.Name)),
        V1Secret secret => $" {Joined(secret.Data.Keys)}",
        V1PersistentVolumeClaim claim => $" {Joined(claim.Spec.AccessModes)} {claim.Spec.Resources.Requests["storage"]}",
        V1Deployment or V1StatefulSet or V1DaemonSet =>
            Details(rendered.Workloads.Single(it => it.Kind == one.Kind && it.Name == one.Metadata.Name)),
        _ => "",
    };

    private static string Details(Workload one) =>
        $" {one.Replicas}x {one.Main.Image} {Joined(one.Main.Ports.Select(port => port.ContainerPort))}"
        + $" cpu {one.Main.Resources.Requests["cpu"]},"
        + $" memory {one.Main.Resources.Requests["memory"]} to {one.Main.Resources.Limits["memory"]},"
        + $" stops in {one.Pod.TerminationGracePeriodSeconds ?? 30} s";

    private static string Joined<T>(IEnumerable<T> parts) => string.Join(',', parts);

    /// <summary>Kustomize writes a hash without vowels and with few digits.</summary>
    [GeneratedRegex(
        @"(?<=-settings|\bbigtech-chat|\bmysql|\bmysql-exporter|\bmongodb|\bredis|\balloy|\bloki)-[bcdfghkmt2456789]{10}$",
        RegexOptions.Multiline)]
    private static partial Regex HashOfContent();
}
