using System.Globalization;
using System.Text.RegularExpressions;
using BigTech.Contracts;
using k8s.Models;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>What objects must keep to that name each other, rule by rule: each names those that do not.</summary>
internal static partial class ObjectRules
{
    private const string Component = "app.kubernetes.io/component";
    private const string PodName = "statefulset.kubernetes.io/pod-name";

    /// <summary>The rules by their names.</summary>
    public static IReadOnlyDictionary<string, Func<Rendered, IEnumerable<string>>> All { get; } =
        new Dictionary<string, Func<Rendered, IEnumerable<string>>>
        {
            ["is in the namespace"] = rendered => rendered.Objects
                .Where(one => (one.Kind == "Namespace" ? one.Metadata.Name : one.Metadata.NamespaceProperty) != "bigtech-chat")
                .Select(one => $"{one.Kind} {one.Metadata.Name}"),
            ["the namespace admits restricted pods only"] = rendered => rendered.Of<V1Namespace>()
                .Where(one => one.Metadata.Labels["pod-security.kubernetes.io/enforce"] != "restricted").Select(one => one.Metadata.Name),

            // Names.
            ["every map of settings that a pod names exists, and the other way round"] = rendered =>
                rendered.Workloads.SelectMany(ConfigMaps).Distinct().Order()
                    .Except(rendered.Of<V1ConfigMap>().Select(map => map.Metadata.Name))
                    .Concat(rendered.Of<V1ConfigMap>().Where(map => !IsForGrafana(map)).Select(map => map.Metadata.Name)
                        .Except(rendered.Workloads.SelectMany(ConfigMaps))),
            ["every file that a pod mounts is in its map"] = rendered =>
                from one in rendered.Workloads
                from container in one.Containers
                from mount in container.VolumeMounts ?? []
                let volume = one.Pod.Volumes?.FirstOrDefault(it => it.Name == mount.Name)
                let claim = one.Stateful?.Spec.VolumeClaimTemplates?.FirstOrDefault(it => it.Metadata.Name == mount.Name)
                let map = rendered.Of<V1ConfigMap>().FirstOrDefault(it => it.Metadata.Name == volume?.ConfigMap?.Name)
                where volume is null && claim is null
                    || map is not null && mount.SubPath is not null && !map.Data.ContainsKey(mount.SubPath)
                select $"{one.Name} {mount.Name} {mount.SubPath}",
            ["every secret that a pod names exists"] = rendered =>
                from one in rendered.Workloads
                from secret in Secrets(one)
                where !IsThere(rendered, secret.Name, secret.Key) && !secret.Optional
                select $"{one.Name} {secret.Name} {secret.Key}",
            ["every secret that receivers of alerts name exists"] = rendered =>
                from one in rendered.OfKind("AlertmanagerConfig")
                from path in new string[][] { ["slackConfigs", "apiURL"], ["webhookConfigs", "httpConfig", "authorization", "credentials"] }
                from secret in Values(one.Spec, ["receivers", .. path, "name"]).Zip(Values(one.Spec, ["receivers", .. path, "key"]))
                where !IsThere(rendered, secret.First, secret.Second)
                select $"{secret.First} {secret.Second}",
            ["every volume that a pod claims exists"] = rendered =>
                rendered.Workloads.SelectMany(one => one.Pod.Volumes ?? []).Select(one => one.PersistentVolumeClaim?.ClaimName)
                    .OfType<string>()
                    .Except(rendered.Of<V1PersistentVolumeClaim>().Select(one => one.Metadata.Name)),
            ["a role reads pods and their logs here, and its account exists"] = rendered =>
                (from role in rendered.Of<V1Role>()
                 from rule in role.Rules
                 where rule.ApiGroups is not [""] || rule.Resources.Except(["pods", "pods/log"]).Any()
                     || rule.Verbs.Except(["get", "list", "watch"]).Any()
                 select role.Metadata.Name)
                .Concat(from binding in rendered.Of<V1RoleBinding>()
                        where !rendered.Of<V1Role>().Any(role => role.Metadata.Name == binding.RoleRef.Name)
                            || !binding.Subjects.All(subject => rendered.Of<V1ServiceAccount>().Any(it => it.Metadata.Name == subject.Name))
                        select binding.Metadata.Name)
                .Concat(rendered.Objects.Where(one => one.Kind.StartsWith("ClusterRole", StringComparison.Ordinal))
                    .Select(one => one.Metadata.Name)),

            // Selectors and ports.
            ["selects pods of its own template"] = rendered =>
                rendered.Of<V1Deployment>().Select(one => (one.Metadata.Name, one.Spec.Selector, one.Spec.Template))
                    .Concat(rendered.Of<V1StatefulSet>().Select(one => (one.Metadata.Name, one.Spec.Selector, one.Spec.Template)))
                    .Concat(rendered.Of<V1DaemonSet>().Select(one => (one.Metadata.Name, one.Spec.Selector, one.Spec.Template)))
                    .Where(one => !Selects(one.Selector, one.Template.Metadata)).Select(one => one.Name),
            ["a service has pods, and they its ports"] = rendered =>
                from service in rendered.Of<V1Service>()
                let pods = PodsOf(rendered, service).ToList()
                where pods.Count == 0 || service.Spec.Ports.Any(port => !pods.All(one => PodRules.HasPort(one.Main, port.TargetPort)))
                select service.Metadata.Name,
            ["a stateful set has a service of its pods"] = rendered => rendered.Workloads
                .Where(one => one.Stateful is { } set && !rendered.Of<V1Service>().Any(service =>
                    service.Metadata.Name == set.Spec.ServiceName && PodsOf(rendered, service).Contains(one)))
                .Select(one => one.Name),
            ["a budget has pods"] = rendered => rendered.Of<V1PodDisruptionBudget>()
                .Where(one => !rendered.Workloads.Any(it => Selects(one.Spec.Selector, it.PodMetadata))).Select(one => one.Metadata.Name),
            ["a way in leads to a port of a service"] = rendered =>
                (from ingress in rendered.Of<V1Ingress>()
                 from rule in ingress.Spec.Rules
                 from path in rule.Http.Paths
                 select (path.Backend.Service.Name, Port: path.Backend.Service.Port.Name))
                .Concat(Routes(rendered).Select(route => (route.Name, route.Port)))
                .Where(way => !HasPort(rendered, way.Name, way.Port)).Select(way => $"{way.Name}:{way.Port}"),
            ["an address in the settings is a port of a service"] = rendered =>
                from one in rendered.Product
                from variable in rendered.Environment(one)
                from address in Addresses(variable.Key, variable.Value ?? "")
                where !IsThere(rendered, address.Host, address.Port)
                select $"{one.Name} {variable.Key} {address.Host}:{address.Port}",

            // Replicas.
            ["an autoscaler has a deployment, which says no number itself and has no other"] = rendered =>
                from name in Scaled(rendered).Select(one => one.Name).Distinct()
                where Scaled(rendered).Count(one => one.Name == name) > 1
                    || !rendered.Of<V1Deployment>().Any(one => one.Metadata.Name == name && one.Spec.Replicas is null)
                select name,
            ["scales from two to ten, Friend and Notification to five"] = rendered =>
                from one in Scaled(rendered)
                let most = one.Name switch
                {
                    // By the lag, to the partitions of message.events.
                    "notification-service" when one.ByEvents => Topics.All.Single(topic => topic.Name == Topics.Message).Partitions,
                    "friend-service" or "notification-service" => 5,
                    _ => 10,
                }
                where (one.Least, one.Most) != (2, most)
                select one.Name,
            ["scales out above 60 % of the processor, in below 40 %, slowly"] = rendered =>
                from one in rendered.Of<V2HorizontalPodAutoscaler>()
                let cpu = one.Spec.Metrics.SingleOrDefault(metric => metric.Resource?.Name == "cpu")
                let down = one.Spec.Behavior?.ScaleDown
                where cpu?.Resource.Target.AverageUtilization != 60
                    || down is not { StabilizationWindowSeconds: >= 300, Tolerance: not null }
                    || Math.Round(60 * (1 - down.Tolerance.ToDecimal())) != 40
                select one.Metadata.Name,
            ["scales in by events as slowly as by the processor"] = rendered =>
                from one in rendered.OfKind("ScaledObject")
                where !Values(one.Spec, "triggers", "metadata", "value").SequenceEqual(["60"])
                    || ScaleDown(one, "stabilizationWindowSeconds") < 300 || Math.Round(60 * (1 - ScaleDown(one, "tolerance"))) != 40
                select one.Metadata.Name,
            ["a process on files is alone"] = rendered =>
                from one in rendered.Product
                where one.Component != "gateway" || !rendered.Environment(one).ContainsKey("BIGTECH_TARGET")
                where rendered.Environment(one).GetValueOrDefault("BIGTECH_Sql__Engine") != "mysql"
                where one is not { Stateful.Spec.Replicas: 1 } || Scaled(rendered).Any(it => it.Name == one.Name)
                    || one.Stateful.Spec.VolumeClaimTemplates is not [{ Spec.AccessModes: ["ReadWriteOncePod"] }]
                select one.Name,
            ["pods that share signing keys share a volume"] = rendered =>
                from one in rendered.Product
                where one is { Component: "user", Stateful: null }
                let keys = rendered.Environment(one).GetValueOrDefault("BIGTECH_Users__KeysDirectory") ?? ""
                let mount = one.Main.VolumeMounts.FirstOrDefault(it => keys.StartsWith(it.MountPath + "/", StringComparison.Ordinal))
                let claim = one.Pod.Volumes.FirstOrDefault(it => it.Name == mount?.Name)?.PersistentVolumeClaim?.ClaimName
                where !rendered.Of<V1PersistentVolumeClaim>().Any(it =>
                    it.Metadata.Name == claim && it.Spec.AccessModes.Contains("ReadWriteMany"))
                select one.Name,

            // Extensions.
            ["a monitor finds every pod with metrics"] = rendered =>
                from one in rendered.Workloads
                where rendered.OfKind("ServiceMonitor").Any() && PodRules.HasPort(one.Main, "metrics")
                where !rendered.Of<V1Service>().Any(service => service.Spec.Ports.Any(port => port.Name == "metrics")
                    && PodsOf(rendered, service).Contains(one)
                    && rendered.OfKind("ServiceMonitor").Any(monitor =>
                        Values(monitor.Spec, "selector", "matchExpressions", "values").Contains(service.Metadata.Labels[Component])))
                select one.Name,
            ["a probe asks the way in, through a service"] = rendered =>
                from one in rendered.OfKind("Probe")
                let hosts = rendered.Of<V1Ingress>().SelectMany(way => way.Spec.Rules).Select(rule => rule.Host)
                    .Concat(rendered.OfKind("HTTPRoute").SelectMany(route => Values(route.Spec, "hostnames"))).ToList()
                let prober = Values(one.Spec, "prober", "url").Single().Split('.', ':')
                where Values(one.Spec, "targets", "staticConfig", "static").Any(url => !hosts.Contains(new Uri(url).Host))
                    || prober[1] != "bigtech-chat" || !HasPort(rendered, prober[0], prober[^1])
                select one.Metadata.Name,
            // The policies of one pod add up: each of them must name the namespace that may come in.
            ["believes a proxy only where nothing else comes in"] = rendered =>
                from one in rendered.Product
                where rendered.Environment(one).ContainsKey("BIGTECH_Gateway__TrustedProxies")
                let rules = rendered.Of<V1NetworkPolicy>()
                    .Where(policy => policy.Spec.PolicyTypes.Contains("Ingress") && Selects(policy.Spec.PodSelector, one.PodMetadata))
                    .SelectMany(policy => policy.Spec.Ingress ?? [])
                    .Where(rule => rule.Ports is null || rule.Ports.Any(port => port.Port.Value == "8000")).ToList()
                where rules.Count == 0 || rules.Any(rule => rule.FromProperty is null or [] || !rule.FromProperty.All(IsOneNamespace))
                select one.Name,
            ["loses no pods where the metrics are lost"] = rendered =>
                from one in rendered.OfKind("ScaledObject")
                where !Values(one.Spec, "fallback", "behavior").SequenceEqual(["currentReplicasIfHigher"])
                select one.Metadata.Name,
            ["the mesh repeats nothing and cuts nothing"] = rendered =>
                from route in rendered.OfKind("VirtualService")
                where !Values(route.Spec, "http", "timeout").SequenceEqual(["0s"])
                    || !Values(route.Spec, "http", "retries", "attempts").SequenceEqual(["0"])
                    || !Values(route.Spec, "hosts").All(host => rendered.Of<V1Service>().Any(it => it.Metadata.Name == host))
                select route.Metadata.Name,
            ["the mesh takes no plain text but for the monitoring"] = rendered =>
                from one in rendered.OfKind("PeerAuthentication")
                where !Values(one.Spec, "mtls", "mode").SequenceEqual(["STRICT"])
                    || Values(one.Spec, "portLevelMtls", "8000", "mode").Except(["STRICT"]).Any()
                select one.Metadata.Name,
        };

    /// <summary>Whether pods with these labels are selected.</summary>
    public static bool Selects(V1LabelSelector selector, V1ObjectMeta pod) => Selects(selector, pod.Labels.AsReadOnly());

    /// <inheritdoc cref="Selects(V1LabelSelector, V1ObjectMeta)"/>
    public static bool Selects(V1LabelSelector selector, IReadOnlyDictionary<string, string> labels) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).All(labels.Contains)
        && (selector.MatchExpressions ?? []).All(it => it.OperatorProperty switch
        {
            "In" => labels.TryGetValue(it.Key, out var value) && it.Values.Contains(value),
            _ => throw new NotSupportedException(it.OperatorProperty),
        });

    /// <summary>The texts at a path of the fields of an extension, through every list on the way.</summary>
    public static IEnumerable<string> Values(object? spec, params ReadOnlySpan<string> path)
    {
        IEnumerable<object> found = spec is null ? [] : [spec];
        foreach (var name in path) found = found.SelectMany(Each).SelectMany(one => Field(one, name)).ToList();
        return found.SelectMany(Each).Select(one => Convert.ToString(one, CultureInfo.InvariantCulture)!).ToList();
    }

    private static IEnumerable<object> Each(object one) => one is IEnumerable<object> list ? list : [one];

    private static IEnumerable<object> Field(object one, string name) => one switch
    {
        IDictionary<string, object> named when named.TryGetValue(name, out var value) => [value],
        IDictionary<object, object> named when named.TryGetValue(name, out var value) => [value],
        _ => [],
    };

    private static IEnumerable<(string Name, int? Least, int Most, bool ByEvents)> Scaled(Rendered rendered) =>
        rendered.Of<V2HorizontalPodAutoscaler>()
            .Select(one => (one.Spec.ScaleTargetRef.Name, one.Spec.MinReplicas, one.Spec.MaxReplicas, false))
            .Concat(rendered.OfKind("ScaledObject").Select(one => (
                Values(one.Spec, "scaleTargetRef", "name").Single(), (int?)Number(one.Spec["minReplicaCount"]),
                Number(one.Spec["maxReplicaCount"]), true)));

    private static decimal ScaleDown(Extension scaled, string field) => decimal.Parse(
        Values(scaled.Spec, "advanced", "horizontalPodAutoscalerConfig", "behavior", "scaleDown", field).SingleOrDefault("0"),
        CultureInfo.InvariantCulture);

    private static int Number(object value) => Convert.ToInt32(value, CultureInfo.InvariantCulture);

    private static IEnumerable<string> ConfigMaps(Workload one) =>
        one.Containers.SelectMany(it => it.EnvFrom ?? []).Select(it => it.ConfigMapRef.Name)
            .Concat((one.Pod.Volumes ?? []).Where(it => it.ConfigMap is not null).Select(it => it.ConfigMap.Name));

    private static IEnumerable<(string Name, string Key, bool Optional)> Secrets(Workload one) =>
        one.Containers.SelectMany(it => it.Env ?? []).Select(it => it.ValueFrom?.SecretKeyRef).OfType<V1SecretKeySelector>()
            .Select(it => (it.Name, it.Key, it.Optional == true))
            .Concat(from volume in one.Pod.Volumes ?? []
                    where volume.Secret is not null
                    from item in volume.Secret.Items
                    select (volume.Secret.SecretName, item.Key, false));

    /// <summary>The Secret is there, or will be made by a controller that this object asks for it.</summary>
    private static bool IsThere(Rendered rendered, string secret, string key) =>
        rendered.Of<V1Secret>().Any(one => one.Metadata.Name == secret && one.Data.ContainsKey(key))
        || rendered.OfKind("ExternalSecret").Any(one => Values(one.Spec, "target", "name").Contains(secret))
        || rendered.OfKind("KafkaUser").Any(one => one.Metadata.Name == secret && key == "password")
        || rendered.OfKind("Kafka").Any(one => $"{one.Metadata.Name}-cluster-ca-cert" == secret && key == "ca.crt")
        || rendered.OfKind("MariaDB").Any(one => $"{one.Metadata.Name}-ca-bundle" == secret && key == "ca.crt")
        || rendered.OfKind("MongoDBCommunity").Any(one =>
            $"{one.Metadata.Name}-{Values(one.Spec, "users", "db").Single()}-{Values(one.Spec, "users", "name").Single()}" == secret
            && key == "connectionString.standard");

    /// <summary>A port of a Service, of a pod of one, or of a Service that an operator makes.</summary>
    private static bool IsThere(Rendered rendered, string host, int port)
    {
        if (rendered.OfKind("MariaDB").Any(one => $"{one.Metadata.Name}-primary" == host)) return port == 3306;
        if (rendered.OfKind("Kafka").FirstOrDefault(one => $"{one.Metadata.Name}-kafka-bootstrap" == host) is { } kafka)
        {
            return Values(kafka.Spec, "kafka", "listeners", "port").Contains($"{port}");
        }
        var parts = host.Split('.');
        var service = rendered.Of<V1Service>().FirstOrDefault(one => one.Metadata.Name == parts[^1]);
        if (service is null || service.Spec.Ports.All(it => it.Port != port)) return false;
        return parts.Length == 1 || PodsOf(rendered, service).Any(one =>
            one.Stateful is { } set && Enumerable.Range(0, set.Spec.Replicas ?? 1).Any(number => $"{one.Name}-{number}" == parts[0]));
    }

    private static bool IsOneNamespace(V1NetworkPolicyPeer peer) =>
        peer.NamespaceSelector?.MatchLabels?.ContainsKey("kubernetes.io/metadata.name") == true;

    /// <summary>Read by the sidecars of Grafana in place of a pod.</summary>
    private static bool IsForGrafana(V1ConfigMap map) =>
        map.Metadata.Labels is { } labels && (labels.ContainsKey("grafana_dashboard") || labels.ContainsKey("grafana_datasource"));

    private static bool HasPort(Rendered rendered, string service, string port) => rendered.Of<V1Service>().Any(one =>
        one.Metadata.Name == service && one.Spec.Ports.Any(it => it.Name == port || $"{it.Port}" == port));

    private static IEnumerable<Workload> PodsOf(Rendered rendered, V1Service service) => rendered.Workloads.Where(one =>
        service.Spec.Selector.All(label => label.Key == PodName ? label.Value == $"{one.Name}-0" : one.PodMetadata.Labels.Contains(label)));

    private static IEnumerable<(string Name, string Port)> Routes(Rendered rendered) =>
        from route in rendered.OfKind("HTTPRoute")
        from way in Values(route.Spec, "rules", "backendRefs", "name").Zip(Values(route.Spec, "rules", "backendRefs", "port"))
        select (way.First, way.Second);

    private static IEnumerable<(string Host, int Port)> Addresses(string variable, string value)
    {
        if (variable is "BIGTECH_URLS") yield break;
        foreach (Match match in SqlAddress().Matches(value).Concat(Address().Matches(value)))
            yield return (match.Groups[1].Value, Number(match.Groups[2].Value));
    }

    [GeneratedRegex(@"Server=([^;]+);Port=(\d+)")]
    private static partial Regex SqlAddress();

    [GeneratedRegex(@"(?:^|//|,|@)([a-z][a-z0-9.-]*):(\d+)")]
    private static partial Regex Address();
}
