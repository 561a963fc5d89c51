using System.Text.RegularExpressions;
using BigTech.Tests.Deployment.Observability;
using BigTech.Tests.Testing;
using k8s.Models;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>The label <c>job</c> of what the Prometheus Operator scrapes, and those that rules and dashboards ask for.</summary>
public sealed partial class JobTests
{
    /// <summary>They are not in the namespace: the machines, what watches URLs, and Prometheus itself.</summary>
    private static readonly string[] Outside = ["node", "node-exporter", "certificates", "prometheus"];

    [Theory]
    [InlineData("watched", "msa.yml")]
    [InlineData("production", "msa.yml")]
    [InlineData("watched-single", "single.yml")]
    public async Task Jobs_have_the_names_of_the_other_ways_to_run(string overlay, string targets)
    {
        var text = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "deploy", "compose", "targets", targets), TestContext.Current.CancellationToken);
        var expected = JobOfTarget().Matches(text).Select(match => match.Groups[1].Value).Except(Outside);

        var scraped = Scraped(await Rendered.Overlay(overlay)).ToList();
        scraped.Select(one => one["job"]).Distinct().ShouldBe(expected, ignoreOrder: true);
        scraped.ShouldAllBe(one => one["service"] == one["job"]);
    }

    /// <summary>An expression that names jobs of which none is scraped is empty, and its alert never comes.</summary>
    [Theory]
    [InlineData("watched")]
    [InlineData("production")]
    [InlineData("watched-single")]
    public async Task Every_choice_of_jobs_in_rules_and_dashboards_finds_one(string overlay)
    {
        var jobs = Scraped(await Rendered.Overlay(overlay)).Select(one => one["job"]).Concat(Outside).ToHashSet();
        var choices = Choices().ToList();

        choices.Count.ShouldBeGreaterThan(8);
        choices.Where(one => !one.Jobs.Any(jobs.Contains)).Select(one => $"{one.Source}: {string.Join('|', one.Jobs)}").ShouldBeEmpty();
        choices.SelectMany(one => one.Jobs).Distinct().Except(jobs).Except(overlay == "watched-single"
            ? ["gateway", "user-service", "friend-service", "chat-service", "notification-service", "mysql", "mongodb", "redis", "kafka"]
            : ["bigtech-chat"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_planted_wrong_name_is_caught()
    {
        var yaml = (await Rendered.Overlay("watched-single")).Yaml;
        const string label = "    bigtech-chat/job: bigtech-chat\n";
        yaml.ShouldContain(label);

        Scraped(new Rendered(yaml.Replace(label, ""))).Select(one => one["job"]).ShouldBe(["gateway"]);
    }

    private static IEnumerable<(string Source, string[] Jobs)> Choices() =>
        from text in Rules.All.Select(rule => (rule.Name, rule.Expression))
            .Concat(Dashboard.All.Select(one => (one.File, one.Json.GetRawText().Replace("\\\"", "\"", StringComparison.Ordinal))))
        from match in JobChoice().Matches(text.Item2)
        select (text.Item1, match.Groups[1].Value.Split('|'));

    /// <summary>The labels that the operator and its monitors give to each target, as it describes its configuration.</summary>
    private static IEnumerable<Dictionary<string, string>> Scraped(Rendered rendered) =>
        from monitor in rendered.OfKind("ServiceMonitor")
        from service in rendered.Of<V1Service>()
        let roles = ObjectRules.Values(monitor.Spec, "selector", "matchExpressions", "values")
        where roles.Contains(service.Metadata.Labels["app.kubernetes.io/component"])
        where service.Spec.Ports.Any(port => ObjectRules.Values(monitor.Spec, "endpoints", "port").Contains(port.Name))
        select Relabelled(monitor, service);

    private static Dictionary<string, string> Relabelled(Extension monitor, V1Service service)
    {
        var named = ObjectRules.Values(monitor.Spec, "jobLabel").SingleOrDefault();
        var labels = new Dictionary<string, string>
        {
            ["__meta_kubernetes_service_name"] = service.Metadata.Name,
            ["job"] = named is not null && service.Metadata.Labels.TryGetValue(named, out var job) ? job : service.Metadata.Name,
            ["service"] = service.Metadata.Name,
        };
        var sources = ObjectRules.Values(monitor.Spec, "endpoints", "relabelings", "sourceLabels").ToList();
        var targets = ObjectRules.Values(monitor.Spec, "endpoints", "relabelings", "targetLabel").ToList();
        // Nothing else than copies is understood here.
        sources.Count.ShouldBe(targets.Count);
        ObjectRules.Values(monitor.Spec, "endpoints", "relabelings", "regex").ShouldBeEmpty();
        ObjectRules.Values(monitor.Spec, "endpoints", "relabelings", "action").Except(["replace"]).ShouldBeEmpty();
        foreach (var (source, target) in sources.Zip(targets)) labels[target] = labels[source];
        return labels;
    }

    [GeneratedRegex("job: ([a-z-]+)")]
    private static partial Regex JobOfTarget();

    [GeneratedRegex("""\bjob=~?"([a-z|-]+)"(?!\$)""")]
    private static partial Regex JobChoice();
}
