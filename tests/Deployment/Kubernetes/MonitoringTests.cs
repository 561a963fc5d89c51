using System.Text.RegularExpressions;
using BigTech.Tests.Deployment.Observability;
using BigTech.Tests.Testing;
using k8s;
using k8s.Models;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>On Kubernetes the monitoring has the rules, routes and dashboards that it has anywhere else.</summary>
public sealed partial class MonitoringTests
{
    private const string Namespace = "{{ with $labels.namespace }}{{ . }}{{ else }}bigtech-chat{{ end }}";

    private static readonly string Observability = Path.Combine(Repository.Root, "deploy", "observability");

    public static TheoryData<string> Watched => ["production", "mesh", "watched", "watched-single"];

    /// <summary>Run <c>build/kubernetes-rules.sh</c> after a change of the rules.</summary>
    [Theory]
    [MemberData(nameof(Watched))]
    public async Task The_rules_are_those_of_Prometheus(string overlay)
    {
        var rules = (await Rendered.Overlay(overlay)).OfKind("PrometheusRule")
            .ToDictionary(one => one.Metadata.Name, one => Plain(KubernetesYaml.Serialize(one.Spec)));

        var files = Directory.GetFiles(Path.Combine(Rules.Folder, "rules"), "*.yml");
        rules.Keys.ShouldBe(files.Select(file => $"bigtech-chat-{Path.GetFileNameWithoutExtension(file)}"), ignoreOrder: true);
        foreach (var file in files)
        {
            var expected = Yaml.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
            foreach (var rule in Yaml.List(expected, "groups").SelectMany(one => Yaml.List(one, "rules")))
            {
                // Sums have lost the namespace, by which the operator sends alerts to the receivers of their namespace.
                if (Yaml.Text(rule, "alert") is not null) Yaml.Map(rule, "labels")!["namespace"] = Namespace;
            }
            rules[$"bigtech-chat-{Path.GetFileNameWithoutExtension(file)}"].ShouldBe(Text(expected));
        }
    }

    [Fact]
    public async Task The_script_writes_the_file_of_rules()
    {
        using var folder = new TemporaryFolder();
        (await Tool.Run("build/kubernetes-rules.sh", folder["rules.yaml"])).ShouldSucceed();

        var written = await File.ReadAllTextAsync(folder["rules.yaml"], TestContext.Current.CancellationToken);
        written.ShouldBe(await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "deploy", "kubernetes", "components", "monitoring", "rules.yaml"),
            TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Every_alert_has_a_namespace()
    {
        using var folder = new TemporaryFolder();
        var rules = (await Rendered.Overlay("watched")).OfKind("PrometheusRule").Single(one => one.Metadata.Name == "bigtech-chat-alerts");
        var cancellation = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(folder["rules.yml"], KubernetesYaml.Serialize(rules.Spec), cancellation);
        await File.WriteAllTextAsync(folder["test.yml"],
            """
            rule_files: [rules.yml]
            tests:
              - interval: 1m
                input_series:
                  - {series: 'up{job="gateway", namespace="other"}', values: 0x5}
                  - {series: 'slo:burn:rate3d{slo="sends"}', values: 2x300}
                  - {series: 'slo:burn:rate6h{slo="sends"}', values: 2x300}
                promql_expr_test:
                  - expr: count by (alertname, namespace) (ALERTS{alertstate="firing"})
                    eval_time: 4m
                    exp_samples: [{labels: '{alertname="ServiceDown", namespace="other"}', value: 1}]
                  - expr: count by (alertname, namespace) (ALERTS{alertstate="firing"})
                    eval_time: 4h
                    exp_samples: [{labels: '{alertname="SloBurnRate1x", namespace="bigtech-chat"}', value: 1}]
            """, cancellation);

        (await Tool.Run("promtool", "test", "rules", folder["test.yml"])).ShouldSucceed();
    }

    [Fact]
    public async Task Alerts_take_the_routes_of_Alertmanager()
    {
        var expected = Yaml.Parse(await File.ReadAllTextAsync(
            Path.Combine(Observability, "alertmanager", "alertmanager.yml"), TestContext.Current.CancellationToken));
        // The operator has no such setting: five minutes are Alertmanager's default. The address of Slack is that of each receiver.
        Yaml.Text(Yaml.Map(expected, "global"), "resolve_timeout").ShouldBe("5m");
        expected.Remove("global");
        var receivers = (List<object>)expected["receivers"];
        foreach (var receiver in receivers.Cast<Dictionary<object, object>>())
        {
            foreach (var slack in Yaml.List(receiver, "slack_configs").Cast<Dictionary<object, object>>())
                slack["apiURL"] = Entry("SLACK_URL");
            foreach (var hook in Yaml.List(receiver, "webhook_configs"))
            {
                var authorization = Yaml.Map(Yaml.Map(hook, "http_config"), "authorization")!;
                authorization.Remove("credentials_file");
                authorization["credentials"] = Entry("ALERT_WEBHOOK_TOKEN");
            }
        }

        var made = (await Rendered.Overlay("watched")).OfKind("AlertmanagerConfig").ShouldHaveSingleItem();
        Plain(SecretHash().Replace(KubernetesYaml.Serialize(made.Spec), "$1")).ShouldBe(Text(Operators(expected)));

        static Dictionary<object, object> Entry(string key) => new() { ["name"] = "bigtech-chat", ["key"] = key };
    }

    [Fact]
    public async Task The_probe_is_the_job_of_certificates()
    {
        var prometheus = Yaml.Parse(await File.ReadAllTextAsync(
            Path.Combine(Rules.Folder, "prometheus.yml"), TestContext.Current.CancellationToken));
        var job = Yaml.List(prometheus, "scrape_configs").Single(one => Yaml.Text(one, "job_name") == "certificates");

        var spec = (await Rendered.Overlay("watched")).OfKind("Probe").ShouldHaveSingleItem().Spec;
        spec["jobName"].ShouldBe(Yaml.Text(job, "job_name"));
        Yaml.List(Yaml.Map(job, "params"), "module").ShouldBe([spec["module"]]);
        spec["interval"].ShouldBe(Yaml.Text(Yaml.Map(prometheus, "global"), "scrape_interval"));
        spec["scrapeTimeout"].ShouldBe(Yaml.Text(Yaml.Map(prometheus, "global"), "scrape_timeout"));
    }

    [Fact]
    public async Task Grafana_finds_the_dashboards()
    {
        var maps = (await Rendered.Overlay("watched")).Of<V1ConfigMap>()
            .Where(one => one.Metadata.Labels?.ContainsKey("grafana_dashboard") == true).ToList();

        maps.ShouldAllBe(one => one.Metadata.Labels["grafana_dashboard"] == "1");
        maps.SelectMany(one => one.Data).OrderBy(one => one.Key, StringComparer.Ordinal)
            .ShouldBe(Dashboard.All.Select(one => KeyValuePair.Create(
                one.File, File.ReadAllText(Path.Combine(Observability, "grafana", "dashboards", one.File)))));
    }

    [Theory]
    [InlineData("jaeger", 16686)]
    [InlineData("loki", 3100)]
    public async Task Grafana_finds_the_traces_and_the_logs(string service, int port)
    {
        var datasources = Yaml.Parse(await File.ReadAllTextAsync(
            Path.Combine(Observability, "grafana", "provisioning", "datasources", "datasources.yml"),
            TestContext.Current.CancellationToken));
        var expected = (Dictionary<object, object>)Yaml.List(datasources, "datasources").Single(one => Yaml.Text(one, "uid") == service);
        expected["url"] = $"http://{service}.bigtech-chat:{port}";
        var watched = await Rendered.Overlay("watched");

        var map = watched.Of<V1ConfigMap>().Single(one => one.Metadata.Name == $"datasource-{service}");
        map.Metadata.Labels["grafana_datasource"].ShouldBe("1");
        Text(Yaml.List(Yaml.Parse(map.Data.Single().Value), "datasources").Single()).ShouldBe(Text(expected));
        watched.Of<V1Service>().Single(one => one.Metadata.Name == service).Spec.Ports.Select(one => one.Port).ShouldContain(port);
    }

    [Fact]
    public async Task Alloy_and_Loki_have_the_files_that_they_have_in_compose()
    {
        var watched = await Rendered.Overlay("watched");
        foreach (var (workload, files) in new[] { ("alloy", new[] { "lines.alloy", "kubernetes.alloy" }), ("loki", ["loki.yml"]) })
        {
            var pod = watched.Workloads.Single(one => one.Name == workload).Pod;
            var name = pod.Volumes.Single(it => it.ConfigMap is not null).ConfigMap.Name;
            var map = watched.Of<V1ConfigMap>().Single(one => one.Metadata.Name == name);
            map.Data.ShouldBe(
                files.Select(file => KeyValuePair.Create(file, File.ReadAllText(Path.Combine(Observability, workload, file)))),
                ignoreOrder: true);
        }
    }

    [Theory]
    [InlineData("watched")]
    [InlineData("watched-single")]
    public async Task Every_role_sends_its_traces_to_Jaeger(string overlay)
    {
        var watched = await Rendered.Overlay(overlay);
        var jaeger = watched.Of<V1Service>().Single(one => one.Metadata.Name == "jaeger");

        watched.Product.ShouldAllBe(one => watched.Environment(one)["BIGTECH_Telemetry__OtlpEndpoint"] == "http://jaeger:4317");
        jaeger.Spec.Ports.Select(one => one.Port).ShouldContain(4317);
    }

    [Fact]
    public async Task Images_are_those_of_the_compose_files()
    {
        var compose = string.Concat(
            Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "compose"), "compose*.yaml").Select(File.ReadAllText));
        var images = (await Rendered.Overlay("watched")).Workloads
            .Where(one => one.Component is "jaeger" or "alloy" or "loki" || one.Component.EndsWith("-exporter", StringComparison.Ordinal))
            .Select(one => one.Main.Image).ToList();

        images.Count.ShouldBe(8);
        images.Where(image => !compose.Contains($"image: {image}\n", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    /// <summary>The form of the operator: matchers are objects, and names have humps.</summary>
    private static object Operators(object one) => one switch
    {
        Dictionary<object, object> map => map.ToDictionary(
            pair => pair.Key switch
            {
                "source_matchers" => "sourceMatch",
                "target_matchers" => "targetMatch",
                _ => (object)Underscore().Replace((string)pair.Key, match => match.Groups[1].Value.ToUpperInvariant()),
            },
            pair => pair.Key is "matchers" or "source_matchers" or "target_matchers"
                ? ((List<object>)pair.Value).Select(text => (object)MatcherOf((string)text)).ToList()
                : Operators(pair.Value)),
        List<object> list => list.Select(Operators).ToList(),
        _ => one,
    };

    private static Dictionary<object, object> MatcherOf(string text)
    {
        var parts = Matcher().Match(text);
        return new Dictionary<object, object>
        {
            ["name"] = parts.Groups[1].Value,
            ["matchType"] = parts.Groups[2].Value,
            ["value"] = parts.Groups[3].Value,
        };
    }

    /// <summary>One text for what is the same, whatever the order of its fields.</summary>
    private static string Text(object? one) => one switch
    {
        Dictionary<object, object> map => string.Concat(map.OrderBy(pair => (string)pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{{{pair.Key}: {Text(pair.Value)}}}\n")),
        List<object> list => $"[{string.Join(",\n", list.Select(Text))}]",
        _ => $"{one}",
    };

    private static string Plain(string yaml) => Text(Yaml.Parse(yaml));

    [GeneratedRegex("(name: bigtech-chat)-[a-z0-9]{10}$", RegexOptions.Multiline)]
    private static partial Regex SecretHash();

    [GeneratedRegex("_([a-z])")]
    private static partial Regex Underscore();

    [GeneratedRegex("""^(\w+)(=~|!=|!~|=)"(.*)"$""")]
    private static partial Regex Matcher();
}
