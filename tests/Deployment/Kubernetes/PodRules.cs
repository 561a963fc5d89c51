using System.Text.RegularExpressions;
using BigTech.Server;
using k8s.Models;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>What pods must keep to, rule by rule: each names those that do not.</summary>
internal static partial class PodRules
{
    /// <summary>How long the program takes to stop at most, with a collector of traces that hangs.</summary>
    private const int StopSeconds = 25;
    private const int MarginSeconds = 5;

    private static readonly string[] HealthPaths = ["/health", "/health/live", "/health/ready"];

    /// <summary>The rules by their names.</summary>
    public static IReadOnlyDictionary<string, Func<Rendered, IEnumerable<string>>> All { get; } =
        new Dictionary<string, Func<Rendered, IEnumerable<string>>>
        {
            // Rights.
            ["runs as an account that is not root"] = Pods(one =>
                one.Pod.SecurityContext is { RunAsNonRoot: true, RunAsUser: > 0 }),
            ["has the default seccomp profile"] = Pods(one => one.Pod.SecurityContext?.SeccompProfile?.Type == "RuntimeDefault"),
            ["has a read-only root file system"] = Containers(one => one.SecurityContext?.ReadOnlyRootFilesystem == true),
            ["cannot gain privileges"] = Containers(one =>
                one.SecurityContext is { AllowPrivilegeEscalation: false } and not { Privileged: true }),
            ["has no capabilities"] = Containers(one =>
                one.SecurityContext?.Capabilities is { Drop: ["ALL"], Add: null or [] }),
            ["shares nothing with its node"] = Pods(one =>
                one.Pod is { HostNetwork: null or false, HostPID: null or false, HostIPC: null or false }
                && (one.Pod.Volumes ?? []).All(volume => volume.HostPath is null)
                && one.Containers.SelectMany(container => container.Ports ?? []).All(port => port.HostPort is null)),
            // A token needs a role; what a role may give is a rule of its own.
            ["has an account of its own without a token"] = rendered =>
                from one in rendered.Workloads
                let account = rendered.Of<V1ServiceAccount>().FirstOrDefault(it => it.Metadata.Name == one.Pod.ServiceAccountName)
                let hasRole = rendered.Of<V1RoleBinding>()
                    .Any(it => it.Subjects.Any(subject => subject.Name == one.Pod.ServiceAccountName))
                where one.Pod.AutomountServiceAccountToken != hasRole || account is not { AutomountServiceAccountToken: false }
                    || rendered.Workloads.Count(other => other.Pod.ServiceAccountName == one.Pod.ServiceAccountName) > 1
                select one.Name,
            ["gets no variables of other services"] = Pods(one => one.Pod.EnableServiceLinks == false),
            ["has its volumes left alone when they are right"] = Pods(one =>
                one.Pod.SecurityContext?.FsGroup is null || one.Pod.SecurityContext.FsGroupChangePolicy == "OnRootMismatch"),
            ["has no secret in its text"] = rendered =>
                from one in rendered.Workloads
                from container in one.Containers
                from variable in container.Env ?? []
                where SecretName().IsMatch(variable.Name) && variable.Value is not null
                    || Password().Matches(variable.Value ?? "").Any(match => !Reference().IsMatch(match.Value))
                select $"{one.Name} {variable.Name}",

            ["passes no secret as an argument"] = rendered =>
                from one in rendered.Workloads
                from container in one.Containers
                from word in Commands(container)
                where SecretArgument().IsMatch(word)
                select $"{one.Name} {word}",

            // Images and resources.
            ["has an image with a version"] = Containers(one => ImageWithVersion().IsMatch(one.Image)),
            ["requests processor time and memory"] = Containers(one =>
                one.Resources?.Requests is { } requests && requests.ContainsKey("cpu") && requests.ContainsKey("memory")),
            ["has a limit of memory, above what it requests"] = Containers(one =>
                one.Resources?.Limits is { } limits && limits.TryGetValue("memory", out var limit)
                && limit.ToDecimal() >= one.Resources.Requests["memory"].ToDecimal()),
            ["has no limit of processor time"] = Containers(one => one.Resources?.Limits?.ContainsKey("cpu") != true),

            // Variables.
            ["has each variable once"] = Containers(one => (one.Env ?? []).DistinctBy(it => it.Name).Count() == (one.Env ?? []).Count),
            ["uses variables after their definition"] = Containers(one => (one.Env ?? []).Index().All(variable =>
                Reference().Matches(variable.Item.Value ?? "").All(match =>
                    one.Env!.Take(variable.Index).Any(earlier => earlier.Name == match.Groups[1].Value)))),

            // Life of a pod.
            ["has probes that ask a port of its own"] = rendered =>
                from one in rendered.Workloads
                from probe in new[] { one.Main.StartupProbe, one.Main.ReadinessProbe, one.Main.LivenessProbe }
                let port = probe?.HttpGet?.Port ?? probe?.TcpSocket?.Port
                where port is not null && !HasPort(one.Main, port)
                select one.Name,
            ["says when it is ready, and has time to start"] = Pods(one =>
                one.Main.ReadinessProbe is not null && one.Main.StartupProbe is not null),
            ["is ready by its stores, and alive without them"] = Product(one =>
                one.Main.ReadinessProbe?.HttpGet?.Path == "/health/ready"
                && one.Main.LivenessProbe?.HttpGet?.Path == "/health/live" && one.Main.StartupProbe?.HttpGet?.Path == "/health/live"
                && HealthPaths.Contains(one.Main.LivenessProbe.HttpGet.Path)),
            ["is given the two minutes of another upgrade to start"] = Product(one =>
                one.Main.StartupProbe is { } probe && probe.PeriodSeconds * probe.FailureThreshold >= 150),
            ["is killed only after it had the time to stop"] = Product(one =>
                one.Main.Lifecycle?.PreStop?.Sleep is { Seconds: > 0 } sleep
                && one.Pod.TerminationGracePeriodSeconds >= sleep.Seconds + StopSeconds + MarginSeconds),

            // Replicas.
            ["is spread over nodes"] = Pods(one => one.Replicas == 1 || (one.Pod.TopologySpreadConstraints ?? []).Any(it =>
                it is { TopologyKey: "kubernetes.io/hostname", WhenUnsatisfiable: "DoNotSchedule", NodeTaintsPolicy: "Honor" }
                && it.LabelSelector.MatchLabels.All(label => one.PodMetadata.Labels.Contains(label)))),
            ["keeps away from its like"] = rendered => Several(rendered)
                .Where(one => !(one.Spec.Template.Spec.Affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? [])
                    .Any(it => it.PodAffinityTerm.MatchLabelKeys?.Contains("app.kubernetes.io/component") == true))
                .Select(one => one.Metadata.Name),
            ["loses one pod at a time to the maintenance of nodes"] = rendered =>
                from one in rendered.Workloads
                where one.Replicas > 1 && !rendered.Of<V1PodDisruptionBudget>().Any(it =>
                    $"{it.Spec.MaxUnavailable?.Value}" == "1"
                    && it.Spec.Selector.MatchLabels.All(label => one.PodMetadata.Labels.Contains(label)))
                select one.Name,
            ["is replaced without fewer pods meanwhile"] = rendered => Several(rendered)
                .Where(one => one.Spec.Strategy?.RollingUpdate?.MaxUnavailable?.Value != "0").Select(one => one.Metadata.Name),
            ["has the labels of the product"] = rendered =>
                from one in rendered.Workloads
                from label in new[] { "name", "component", "part-of", "managed-by" }
                where !one.PodMetadata.Labels.ContainsKey($"app.kubernetes.io/{label}")
                select $"{one.Name} {label}",

            // Ports.
            ["listens where its role does"] = rendered =>
                from one in rendered.Product
                from role in Roles.Listening
                where role.Key == one.Component || role == Roles.Metrics
                where !one.Main.Ports.Any(port => port.ContainerPort == role.Port
                    && port.Name == (role == Roles.Metrics ? "metrics" : "http"))
                select $"{one.Name} {role.Key}",
        };

    /// <summary>Whether a container has a port of this number or name.</summary>
    public static bool HasPort(V1Container container, IntOrString port) =>
        (container.Ports ?? []).Any(it => it.Name == port.Value || $"{it.ContainerPort}" == port.Value);

    /// <summary>The Deployments with more than one pod.</summary>
    private static IEnumerable<V1Deployment> Several(Rendered rendered) => rendered.Of<V1Deployment>()
        .Where(one => rendered.Workloads.Any(it => it.Kind == one.Kind && it.Name == one.Metadata.Name && it.Replicas > 1));

    /// <summary>What is run in a container, word by word where no shell splits it.</summary>
    private static IEnumerable<string> Commands(V1Container one) =>
    [
        .. one.Command ?? [], .. one.Args ?? [], .. one.Lifecycle?.PostStart?.Exec?.Command ?? [],
        .. new[] { one.StartupProbe, one.ReadinessProbe, one.LivenessProbe }.SelectMany(probe => probe?.Exec?.Command ?? []),
    ];

    private static Func<Rendered, IEnumerable<string>> Pods(Func<Workload, bool> holds) =>
        rendered => rendered.Workloads.Where(one => !holds(one)).Select(one => one.Name);

    private static Func<Rendered, IEnumerable<string>> Product(Func<Workload, bool> holds) =>
        rendered => rendered.Product.Where(one => !holds(one)).Select(one => one.Name);

    private static Func<Rendered, IEnumerable<string>> Containers(Func<V1Container, bool> holds) =>
        rendered => from one in rendered.Workloads
                    from container in one.Containers
                    where !holds(container)
                    select $"{one.Name} {container.Name}";

    [GeneratedRegex("PASSWORD|SECRET|Secret$|Password$|REDISCLI_AUTH|KEY$")]
    private static partial Regex SecretName();

    /// <summary>An option of a program with the value of such a variable, or the variable itself, filled in by Kubernetes.</summary>
    [GeneratedRegex(
        """(^|\s)-{1,2}[a-z.-]*(pass|auth|secret|token|uri)[a-z]*[= ]"?\$|(^|\s)-[pa]\s?"?\$|\$\([A-Z_]*(PASSWORD|AUTH|SECRET|KEY)\)""",
        RegexOptions.IgnoreCase)]
    private static partial Regex SecretArgument();

    [GeneratedRegex("(?:[Pp]assword=([^;,]+)|://[^:/@]+:([^@]+)@)")]
    private static partial Regex Password();

    [GeneratedRegex(@"^[a-zA-Z0-9./_-]+:v?\d+\.\d+\.\d+(-[a-z]+)?$")]
    private static partial Regex ImageWithVersion();

    [GeneratedRegex(@"\$\(([A-Za-z_]+)\)")]
    private static partial Regex Reference();
}
