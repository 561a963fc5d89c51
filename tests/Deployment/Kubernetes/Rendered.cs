using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using BigTech.Tests.Testing;
using k8s;
using k8s.Models;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>An object of an extension of Kubernetes, whose fields this project does not know.</summary>
internal sealed class Extension : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public Dictionary<string, object> Spec { get; set; } = [];
}

/// <summary>What a Deployment, a StatefulSet or a DaemonSet runs.</summary>
internal sealed record Workload(string Kind, string Name, int Replicas, V1ObjectMeta PodMetadata, V1PodSpec Pod, V1StatefulSet? Stateful)
{
    public string Component => PodMetadata.Labels["app.kubernetes.io/component"];

    /// <summary>Whether it runs the program and not an engine.</summary>
    public bool IsProduct => Main.Name == "server";

    public V1Container Main => Pod.Containers[0];

    public IEnumerable<V1Container> Containers => [.. Pod.Containers, .. Pod.InitContainers ?? []];
}

/// <summary>The objects of an overlay.</summary>
internal sealed partial class Rendered
{
    /// <summary>The overlays of the repository, some with the components that none of them has, and the chart.</summary>
    public static readonly ImmutableArray<string> Overlays =
        ["single", "small", "production", "mesh", "watched", "watched-single", "chart"];

    /// <summary>What the chart makes, made by kustomize.</summary>
    public const string LikeChart = "like-chart";

    private static readonly Dictionary<string, string> OfTests = new()
    {
        ["mesh"] =
            """
            namespace: bigtech-chat
            resources: [../small]
            components: [../../components/istio, ../../components/monitoring, ../../components/logging]
            """,
        ["watched"] =
            """
            namespace: bigtech-chat
            resources: [../small]
            components:
              - ../../components/monitoring
              - ../../components/exporters
              - ../../components/tracing
              - ../../components/logging
              - ../../components/probes
              - ../../components/custom-metrics
              - ../../components/mail
            """,
        ["watched-single"] =
            """
            namespace: bigtech-chat
            resources: [../single]
            components:
              - ../../components/secrets
              - ../../components/monitoring
              - ../../components/tracing
              - ../../components/logging
              - ../../components/probes
              - ../../components/ingress
              - ../../components/mail
            """,
        [LikeChart] =
            """
            namespace: bigtech-chat
            resources: [../../base/services]
            components: [../../components/autoscaling, ../../components/ingress, ../../components/scrapes, ../../components/secrets]
            labels:
              - pairs:
                  app.kubernetes.io/name: bigtech-chat
                  app.kubernetes.io/part-of: bigtech-chat
                  app.kubernetes.io/managed-by: Helm
                includeTemplates: true
            images: [{name: ghcr.io/OWNER/bigtech-chat, newTag: 0.1.0}]
            """,
    };

    private const string Chart = "chart";

    /// <summary>The overlays that <c>docs/operations/kubernetes.md</c> shows.</summary>
    public static readonly ImmutableArray<string> OfGuide = ["guide-1", "guide-2"];

    /// <summary>Those of the repository, with the mail server that <c>docs/operations/kubernetes.md</c> shows.</summary>
    public static readonly ImmutableArray<string> OfMail = ["mail-single", "mail-small", "mail-production"];

    private static readonly string[] Extensions =
    [
        "external-secrets.io/v1/ExternalSecret", "gateway.networking.k8s.io/v1/Gateway", "gateway.networking.k8s.io/v1/HTTPRoute",
        "k8s.mariadb.com/v1alpha1/Grant", "k8s.mariadb.com/v1alpha1/MariaDB", "k8s.mariadb.com/v1alpha1/User",
        "kafka.strimzi.io/v1/Kafka", "kafka.strimzi.io/v1/KafkaNodePool", "kafka.strimzi.io/v1/KafkaUser", "keda.sh/v1alpha1/ScaledObject",
        "mongodbcommunity.mongodb.com/v1/MongoDBCommunity", "monitoring.coreos.com/v1/Probe",
        "monitoring.coreos.com/v1/PrometheusRule", "monitoring.coreos.com/v1/ServiceMonitor",
        "monitoring.coreos.com/v1alpha1/AlertmanagerConfig",
        "networking.istio.io/v1/VirtualService", "security.istio.io/v1/PeerAuthentication",
    ];

    private static readonly string[] Sources = ["kubernetes", "observability"];

    private static readonly Lazy<Task<ImmutableDictionary<string, Rendered>>> Overlaid = new(RenderAll);

    public Rendered(string yaml)
    {
        Yaml = yaml;
        // Only this loader refuses unknown and repeated fields.
        Objects = KubernetesYaml.LoadAllFromString(yaml, Extensions.ToDictionary(name => name, _ => typeof(Extension)), strict: true)
            .Cast<IKubernetesObject<V1ObjectMeta>>().ToImmutableArray();
        Workloads =
        [
            .. Of<V1Deployment>().Select(one => new Workload(
                one.Kind, one.Metadata.Name, one.Spec.Replicas ?? LeastReplicas(one.Metadata.Name), one.Spec.Template.Metadata,
                one.Spec.Template.Spec, null)),
            .. Of<V1StatefulSet>().Select(one => new Workload(
                one.Kind, one.Metadata.Name, one.Spec.Replicas ?? 1, one.Spec.Template.Metadata, one.Spec.Template.Spec, one)),
            // One on each node, which no rule has to spread.
            .. Of<V1DaemonSet>().Select(one => new Workload(
                one.Kind, one.Metadata.Name, 1, one.Spec.Template.Metadata, one.Spec.Template.Spec, null)),
        ];
    }

    public string Yaml { get; }

    public ImmutableArray<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    public ImmutableArray<Workload> Workloads { get; }

    public IEnumerable<Workload> Product => Workloads.Where(one => one.IsProduct);

    public IEnumerable<T> Of<T>() => Objects.OfType<T>();

    public IEnumerable<Extension> OfKind(string kind) => Of<Extension>().Where(one => one.Kind == kind);

    public static async Task<Rendered> Overlay(string name) => (await Overlaid.Value)[name];

    /// <summary>The variables that the program gets there, with the values that are known.</summary>
    public IReadOnlyDictionary<string, string?> Environment(Workload workload)
    {
        var all = new Dictionary<string, string?>();
        foreach (var source in workload.Main.EnvFrom ?? [])
        {
            foreach (var (name, value) in Of<V1ConfigMap>().Single(map => map.Metadata.Name == source.ConfigMapRef.Name).Data)
                all[name] = value;
        }
        foreach (var variable in workload.Main.Env ?? []) all[variable.Name] = variable.Value;
        return all;
    }

    [GeneratedRegex("```yaml\n# deploy/my-chat/kustomization.yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex OverlayOfGuide();

    [GeneratedRegex("```yaml\n(components: \\[../kubernetes/components/mail\\]\n.*?)```", RegexOptions.Singleline)]
    private static partial Regex MailOfGuide();

    private int LeastReplicas(string deployment) =>
        Of<V2HorizontalPodAutoscaler>().FirstOrDefault(one => one.Spec.ScaleTargetRef.Name == deployment)?.Spec.MinReplicas
        ?? OfKind("ScaledObject").Where(one => one.Metadata.Name == deployment)
            .Select(one => Convert.ToInt32(one.Spec["minReplicaCount"], CultureInfo.InvariantCulture)).FirstOrDefault(1);

    private static async Task<ImmutableDictionary<string, Rendered>> RenderAll()
    {
        using var copy = new TemporaryFolder();
        var source = Path.Combine(Repository.Root, "deploy");
        // The dashboards are beside the other files of Grafana.
        foreach (var file in Sources.SelectMany(folder =>
            Directory.GetFiles(Path.Combine(source, folder), "*", SearchOption.AllDirectories)))
        {
            var target = copy[Path.GetRelativePath(source, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        // What an operator does by hand.
        var secrets = copy["kubernetes/components/secrets/secrets.env"];
        var example = (await File.ReadAllTextAsync($"{secrets}.example")).Replace("=\n", $"={new string('x', 32)}\n");
        await File.WriteAllTextAsync(secrets, $"{example}SLACK_URL=https://hooks.slack.com/services/T\nALERT_WEBHOOK_TOKEN=x\n");
        foreach (var (name, text) in OfTests)
        {
            Directory.CreateDirectory(copy[$"kubernetes/overlays/{name}"]);
            await File.WriteAllTextAsync(copy[$"kubernetes/overlays/{name}/kustomization.yaml"], text);
        }

        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations", "kubernetes.md"));
        foreach (var (name, text) in OfGuide.Zip(OverlayOfGuide().Matches(guide).Select(match => match.Groups[1].Value)))
        {
            Directory.CreateDirectory(copy[$"kubernetes/overlays/{name}"]);
            var moved = text.Replace("../kubernetes/", "../../", StringComparison.Ordinal);
            await File.WriteAllTextAsync(copy[$"kubernetes/overlays/{name}/kustomization.yaml"], moved);
        }

        foreach (var name in OfMail)
        {
            Directory.CreateDirectory(copy[$"kubernetes/overlays/{name}"]);
            var moved = MailOfGuide().Match(guide).Groups[1].Value.Replace("../kubernetes/", "../../", StringComparison.Ordinal);
            await File.WriteAllTextAsync(
                copy[$"kubernetes/overlays/{name}/kustomization.yaml"],
                $"namespace: bigtech-chat\nresources: [../{name["mail-".Length..]}]\n{moved}");
        }

        var rendered = await Task.WhenAll(Overlays.Except([Chart]).Append(LikeChart).Concat(OfGuide).Concat(OfMail).Select(async name =>
            (name, objects: new Rendered((await NpmCheckers.Kustomize(copy[$"kubernetes/overlays/{name}"])).ShouldSucceed()))));
        // The chart takes a Secret that is there.
        var secret = rendered.Single(one => one.name == LikeChart).objects.Of<V1Secret>().Single();
        secret.Metadata.Name = "bigtech-chat";
        var folder = Path.Combine(Repository.Root, "deploy", "helm", "bigtech-chat");
        var chart = (await NpmCheckers.Helm("template", "chat", folder, "--namespace", "bigtech-chat")).ShouldSucceed();
        return rendered.ToImmutableDictionary(one => one.name, one => one.objects)
            .Add(Chart, new Rendered($"{chart}---\n{KubernetesYaml.Serialize(secret)}\n"));
    }
}
