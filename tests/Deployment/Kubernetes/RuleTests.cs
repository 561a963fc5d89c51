namespace BigTech.Tests.Deployment.Kubernetes;

public sealed class RuleTests
{
    private static readonly Dictionary<string, Func<Rendered, IEnumerable<string>>> Rules =
        PodRules.All.Concat(ObjectRules.All).ToDictionary();

    public static TheoryData<string> Overlays => [.. Rendered.Overlays];

    /// <summary>For each rule a change of an overlay that breaks it: the overlay, a text, its replacement.</summary>
    private static readonly Dictionary<string, (string Overlay, string Text, string Instead)> Planted = new()
    {
        ["runs as an account that is not root"] = ("single", "runAsUser: 1654", "runAsUser: 0"),
        ["has the default seccomp profile"] = ("single", "type: RuntimeDefault", "type: Unconfined"),
        ["has a read-only root file system"] = ("single", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
        ["cannot gain privileges"] = ("single", "allowPrivilegeEscalation: false", "privileged: true"),
        ["has no capabilities"] = ("single", "drop:", "add:"),
        ["shares nothing with its node"] = ("small", "emptyDir:\n          sizeLimit: 16Mi", "hostPath:\n          path: /"),
        ["has an account of its own without a token"] = ("small", "serviceAccountName: friend-service", "serviceAccountName: chat-service"),
        ["gets no variables of other services"] = ("single", "enableServiceLinks: false", "enableServiceLinks: true"),
        ["has its volumes left alone when they are right"] = ("small", "OnRootMismatch", "Always"),
        ["has no secret in its text"] = ("small", "Password=$(MYSQL_PASSWORD)", "Password=tiger"),
        ["passes no secret as an argument"] = ("small", "requirepass $REDISCLI_AUTH", "--requirepass \"$REDISCLI_AUTH\""),
        ["has an image with a version"] = ("single", "bigtech-chat:0.1.0", "bigtech-chat:latest"),
        ["requests processor time and memory"] = ("single", "cpu: 500m", "ephemeral-storage: 1Gi"),
        ["has a limit of memory, above what it requests"] = ("single", "memory: 1Gi", "memory: 1Mi"),
        ["has no limit of processor time"] = ("single", "memory: 1Gi", "memory: 1Gi\n            cpu: 1"),
        ["has each variable once"] = ("small", "name: BIGTECH_URLS", "name: BIGTECH_DATA_DIR"),
        ["uses variables after their definition"] = ("small", "password=$(REDIS_PASSWORD)", "password=$(BIGTECH_TARGET)"),
        ["has probes that ask a port of its own"] =
            ("single", "port: http\n          periodSeconds: 10", "port: web\n          periodSeconds: 10"),
        ["says when it is ready, and has time to start"] = ("single",
            "        readinessProbe:\n          failureThreshold: 2\n          httpGet:\n            path: /health/ready\n"
            + "            port: http\n          periodSeconds: 5\n          timeoutSeconds: 3\n", ""),
        ["is ready by its stores, and alive without them"] = ("single", "path: /health/live", "path: /health"),
        ["is given the two minutes of another upgrade to start"] = ("single", "failureThreshold: 90", "failureThreshold: 9"),
        ["is killed only after it had the time to stop"] =
            ("single", "terminationGracePeriodSeconds: 45", "terminationGracePeriodSeconds: 30"),
        ["is spread over nodes"] = ("small", "whenUnsatisfiable: DoNotSchedule", "whenUnsatisfiable: ScheduleAnyway"),
        ["keeps away from its like"] = ("small", "              - app.kubernetes.io/component", "              - pod-template-hash"),
        ["loses one pod at a time to the maintenance of nodes"] = ("small", "maxUnavailable: 1", "maxUnavailable: 2"),
        ["is replaced without fewer pods meanwhile"] = ("small", "maxUnavailable: 0", "maxUnavailable: 1"),
        ["has the labels of the product"] =
            ("single", "        app.kubernetes.io/part-of: bigtech-chat\n        bigtech-chat/mail", "        bigtech-chat/mail"),
        ["listens where its role does"] = ("small", "containerPort: 8003", "containerPort: 8002"),

        ["is in the namespace"] = ("single", "namespace: bigtech-chat", "namespace: default"),
        ["the namespace admits restricted pods only"] = ("single", "enforce: restricted", "enforce: privileged"),
        ["every map of settings that a pod names exists, and the other way round"] =
            ("small", "configMapRef:\n            name: service-settings", "configMapRef:\n            name: other-settings"),
        ["every file that a pod mounts is in its map"] = ("small", "subPath: server.cnf", "subPath: client.cnf"),
        ["every secret that a pod names exists"] = ("small", "key: GATEWAY_SECRET", "key: DOOR_SECRET"),
        ["every secret that receivers of alerts name exists"] = ("watched", "key: SLACK_URL", "key: SLACK"),
        ["a role reads pods and their logs here, and its account exists"] = ("watched", "  - pods/log\n", "  - secrets\n"),
        ["every volume that a pod claims exists"] = ("small", "claimName: signing-keys", "claimName: keys"),
        ["selects pods of its own template"] = ("single", "matchLabels:\n      app.kubernetes.io/component: gateway\n  serviceName",
            "matchLabels:\n      app.kubernetes.io/component: chat\n  serviceName"),
        ["a service has pods, and they its ports"] = ("small", "targetPort: redis", "targetPort: cache"),
        ["a stateful set has a service of its pods"] = ("small", "serviceName: mysql-members", "serviceName: kafka"),
        ["a budget has pods"] = ("small", "selector:\n    matchLabels:\n      app.kubernetes.io/component: friend\n  unhealthy",
            "selector:\n    matchLabels:\n      app.kubernetes.io/component: enemy\n  unhealthy"),
        ["a way in leads to a port of a service"] = ("production", "port: 8000\n    matches", "port: 8001\n    matches"),
        ["an address in the settings is a port of a service"] = ("small", "http://chat-service-pods:8002", "http://chat-service-pods:8003"),
        ["an autoscaler has a deployment, which says no number itself and has no other"] =
            ("small", "revisionHistoryLimit: 5", "replicas: 2"),
        ["scales from two to ten, Friend and Notification to five"] = ("production", "maxReplicaCount: 10", "maxReplicaCount: 12"),
        ["scales out above 60 % of the processor, in below 40 %, slowly"] = ("small", "tolerance: \"0.333\"", "tolerance: \"0.1\""),
        ["scales in by events as slowly as by the processor"] =
            ("production", "tolerance: \"0.333\"", "selectPolicy: Max"),
        ["a process on files is alone"] = ("single", "replicas: 1", "replicas: 2"),
        ["pods that share signing keys share a volume"] = ("small", "ReadWriteMany", "ReadWriteOnce"),
        ["a monitor finds every pod with metrics"] = ("watched", "      - mysql-exporter\n      - mongodb-exporter\n", ""),
        ["a probe asks the way in, through a service"] = ("watched", "https://chat.example.com/health", "https://chat.example.org/health"),
        ["believes a proxy only where nothing else comes in"] =
            ("small", "          kubernetes.io/metadata.name: ingress-nginx", "          name: ingress-nginx"),
        ["loses no pods where the metrics are lost"] = ("production", "behavior: currentReplicasIfHigher", "behavior: static"),
        ["the mesh repeats nothing and cuts nothing"] = ("mesh", "attempts: 0", "attempts: 2"),
        ["the mesh takes no plain text but for the monitoring"] = ("mesh", "mode: STRICT", "mode: PERMISSIVE"),
    };

    public static TheoryData<string> RuleNames => [.. Rules.Keys];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task An_overlay_keeps_to_all_rules(string name)
    {
        var overlay = await Rendered.Overlay(name);

        overlay.Product.ShouldNotBeEmpty();
        Rules.SelectMany(rule => rule.Value(overlay).Select(one => $"{rule.Key}: {one}")).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(RuleNames))]
    public async Task A_planted_fault_breaks_its_rule(string rule)
    {
        var (overlay, text, instead) = Planted[rule];
        var yaml = (await Rendered.Overlay(overlay)).Yaml;
        yaml.ShouldContain(text);

        Rules[rule](new Rendered(yaml.Replace(text, instead))).ShouldNotBeEmpty();
    }
}
