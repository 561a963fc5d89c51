using System.Text.Json;
using System.Text.RegularExpressions;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Observability;

public sealed partial class DashboardTests
{
    private static readonly string[] Required = ["datasource", "job", "instance"];
    private static readonly string[] Chosen = ["job", "instance"];

    /// <summary>Panels that show the whole product, whatever is chosen, and why.</summary>
    private static readonly Dictionary<string, string> Unfiltered = new()
    {
        ["MSA Overview: Alerts firing"] = "An alert of several services has neither label; a choice must not hide that it fires.",
        ["MSA Overview: Burn rate over an hour"] = "The error budget is that of the product: no instance has one of its own.",
        ["MSA Overview: Burn rate over six hours"] = "The error budget is that of the product: no instance has one of its own.",
        ["MSA Overview: Burn rate over a day"] = "The error budget is that of the product: no instance has one of its own.",
        ["MSA Overview: Burn rate over three days"] = "The error budget is that of the product: no instance has one of its own.",
        ["Infrastructure: Volumes free"] = "The cluster says it, by jobs and instances of its own.",
        ["Infrastructure: Memory of containers"] = "The cluster says it, by jobs and instances of its own.",
        ["Infrastructure: Ended at their limit"] = "The cluster says it, by jobs and instances of its own.",
        ["Infrastructure: Notifications that failed"] = "Clusters name Alertmanager themselves; a choice must not hide that it is mute.",
    };

    private static readonly string[] Linked = ["loki", "jaeger"];

    private static readonly string Provisioning =
        Path.Combine(Repository.Root, "deploy", "observability", "grafana", "provisioning");

    [Fact]
    public void The_dashboards_follow_the_rules()
    {
        Dashboard.All.Select(dashboard => dashboard.Title).ShouldBe(
            ["MSA Overview", "User Service", "Friend Service", "Chat Service", "Notification & Events", "Infrastructure"],
            ignoreOrder: true);
        Dashboard.All.SelectMany(Faults).ShouldBeEmpty();
        Dashboard.All.Select(dashboard => dashboard.Json.GetProperty("uid").GetString()).ShouldBeUnique();
        Unfiltered.Keys.Except(Dashboard.All.SelectMany(dashboard => dashboard.Panels).Select(panel => panel.Name)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[$__rate_interval]", "[5m]", "a fixed interval")]
    [InlineData("\"unit\": \"reqps\"", "\"decimals\": 2", "no unit")]
    [InlineData("\"uid\": \"${datasource}\"", "\"uid\": \"prometheus\"", "not the variable datasource")]
    [InlineData("\"name\": \"instance\"", "\"name\": \"host\"", "no variable instance")]
    [InlineData("instance=~\\\"$instance\\\"", "instance=~\\\"$host\\\"", "no variable host")]
    [InlineData("up{job=~\\\"$job\\\", instance", "up{instance", "up ignores $job")]
    [InlineData("max(bigtech_presence_online{job=~\\\"$job\\\", instance=~\\\"$instance\\\"})", "presence:online:max", "ignores $instance")]
    [InlineData("datasource%22:%22loki", "datasource%22:%22elastic", "no link to loki")]
    [InlineData("\"x\": 4, ", "\"x\": 3, ", "overlaps")]
    public void A_planted_fault_is_caught(string text, string fault, string message)
    {
        var dashboard = Dashboard.All.First(dashboard => dashboard.Title == "MSA Overview");
        var planted = dashboard.Json.GetRawText().Replace(text, fault, StringComparison.Ordinal);

        planted.ShouldNotBe(dashboard.Json.GetRawText());
        Faults(dashboard with { Json = JsonSerializer.Deserialize<JsonElement>(planted) })
            .ShouldContain(found => found.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Alerts_that_panels_name_exist()
    {
        var named = from dashboard in Dashboard.All
                    from panel in dashboard.Panels
                    from Match alert in AlertName().Matches(panel.Json.GetProperty("description").GetString()!)
                    select (panel, alert.Groups[1].Value);

        named.Count().ShouldBeGreaterThan(20);
        named.Where(name => Rules.Alerts.All(alert => alert.Name != name.Value)).Select(name => $"{name.panel}: {name.Value}")
            .ShouldBeEmpty();
    }

    /// <summary>What an alert says can be seen: a panel names the alert, and shows the first of what it measures.</summary>
    [Fact]
    public void Every_alert_has_a_panel()
    {
        var panels = Dashboard.All.SelectMany(dashboard => dashboard.Panels).ToList();

        AlertsWithout(panels.Select(Shown)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Alert MailDelayed", "Alert OutboxOld")]
    [InlineData("bigtech_mail_age_seconds", "bigtech_mail_waiting")]
    public void An_alert_whose_panel_does_not_name_or_show_it_is_caught(string text, string fault)
    {
        var panels = Dashboard.All.SelectMany(dashboard => dashboard.Panels).Select(Shown).Select(panel => (
            panel.Text.Replace(text, fault, StringComparison.Ordinal), panel.Metrics.Select(name => name == text ? fault : name)));

        AlertsWithout(panels).ShouldBe(["MailDelayed: no panel shows bigtech_mail_age_seconds"]);
    }

    [Fact]
    public void Datasources_that_dashboards_and_links_name_are_provisioned()
    {
        var file = Yaml.Parse(File.ReadAllText(Path.Combine(Provisioning, "datasources", "datasources.yml")));
        var sources = Yaml.List(file, "datasources").ToDictionary(source => Yaml.Text(source, "uid")!, source => Yaml.Text(source, "type"));

        sources.ShouldBe(new Dictionary<string, string?> { ["prometheus"] = "prometheus", ["loki"] = "loki", ["jaeger"] = "jaeger" });
        var scrapeInterval = Yaml.Text(
            Yaml.Map(Yaml.Parse(File.ReadAllText(Path.Combine(Rules.Folder, "prometheus.yml"))), "global"), "scrape_interval");
        Yaml.Text(Yaml.Map(Yaml.List(file, "datasources").First(), "jsonData"), "timeInterval").ShouldBe(scrapeInterval);
    }

    private static (string Text, IEnumerable<string> Metrics) Shown(Panel panel) =>
        (panel.Json.GetProperty("description").GetString()!, panel.Queries.SelectMany(Expression.ScrapedBy));

    /// <summary>The alerts that no panel names and shows.</summary>
    private static IEnumerable<string> AlertsWithout(IEnumerable<(string Text, IEnumerable<string> Metrics)> panels) =>
        from alert in Rules.Alerts
        // What a measure scrapes first is what it is about. Behind it may stand what makes a zero of nothing.
        let metric = Expression.ScrapedBy(Rules.MeasuresOf(alert.Expression)![0]).First()
        where !panels.Any(panel => Regex.IsMatch(panel.Text, $@"\b{alert.Name}\b") && panel.Metrics.Contains(metric))
        select $"{alert.Name}: no panel shows {metric}";

    /// <summary>What is wrong with a dashboard.</summary>
    private static IEnumerable<string> Faults(Dashboard dashboard)
    {
        var names = dashboard.Variables.Select(variable => variable.GetProperty("name").GetString()!).ToList();
        foreach (var name in Required.Except(names)) yield return $"{dashboard}: no variable {name}";
        var links = string.Concat(dashboard.Json.GetProperty("links").EnumerateArray().Select(link => link.GetRawText()));
        foreach (var source in Linked)
        {
            if (links.Contains($"%22datasource%22:%22{source}%22", StringComparison.Ordinal)) continue;
            yield return $"{dashboard}: no link to {source}";
        }
        foreach (var fault in dashboard.Panels.SelectMany(panel => Faults(panel, names))) yield return fault;
        var fields = dashboard.Json.GetProperty("panels").EnumerateArray().Select(panel => panel.GetProperty("gridPos")).SelectMany(Fields);
        if (fields.GroupBy(field => field).Any(same => same.Count() > 1)) yield return $"{dashboard}: a panel overlaps another";
        var ids = dashboard.Json.GetProperty("panels").EnumerateArray().Select(panel => panel.GetProperty("id").GetInt32()).ToList();
        if (ids.Distinct().Count() < ids.Count) yield return $"{dashboard}: two panels have one id";
    }

    private static IEnumerable<string> Faults(Panel panel, List<string> variables)
    {
        if (panel.Json.GetProperty("datasource").GetProperty("uid").GetString() != "${datasource}")
        {
            yield return $"{panel}: not the variable datasource";
        }
        var defaults = panel.Json.GetProperty("fieldConfig").GetProperty("defaults");
        if (!defaults.TryGetProperty("unit", out _)) yield return $"{panel}: no unit";
        if (panel.Json.GetProperty("description").GetString() is not { Length: > 0 }) yield return $"{panel}: no description";
        foreach (var query in panel.Queries)
        {
            foreach (Match interval in Interval().Matches(query))
            {
                if (interval.Groups[1].Value is "$__rate_interval" or "24h") continue;
                yield return $"{panel}: a fixed interval {interval.Value}";
            }
            foreach (Match used in VariableName().Matches(query))
            {
                if (!variables.Contains(used.Groups[1].Value)) yield return $"{panel}: no variable {used.Groups[1].Value}";
            }
            if (Unfiltered.ContainsKey(panel.Name)) continue;
            foreach (var variable in Chosen)
            {
                var marked = new Expression(query.Replace($"{variable}=~\"${variable}\"", "chosen=~\"\"", StringComparison.Ordinal));
                var chosen = marked.Matched.Where(match => match.Label == "chosen").Select(match => match.Metric).ToList();
                foreach (var metric in marked.Metrics)
                {
                    if (chosen.Count(name => name == metric) == marked.Named.Count(name => name == metric)) continue;
                    yield return $"{panel}: {metric} ignores ${variable}";
                }
            }
        }
    }

    private static IEnumerable<(int X, int Y)> Fields(JsonElement grid) =>
        from x in Enumerable.Range(grid.GetProperty("x").GetInt32(), grid.GetProperty("w").GetInt32())
        from y in Enumerable.Range(grid.GetProperty("y").GetInt32(), grid.GetProperty("h").GetInt32())
        select (x, y);

    [GeneratedRegex(@"\bAlerts? (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"\[([^\]]+)\]")]
    private static partial Regex Interval();

    [GeneratedRegex(@"\$([a-z]\w*)")]
    private static partial Regex VariableName();
}
