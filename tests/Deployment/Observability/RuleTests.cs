using System.Text.RegularExpressions;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Observability;

public sealed partial class RuleTests
{
    private const string Firing = "alertstate=\"firing\"";
    private static readonly string TestFolder = Path.Combine(Rules.Folder, "rules", "tests");

    [Fact]
    public async Task Prometheus_accepts_the_configuration()
    {
        (await Tool.Run("promtool", "check", "config", Path.Combine(Rules.Folder, "prometheus.yml"))).ShouldSucceed();
        var rules = Directory.GetFiles(Path.Combine(Rules.Folder, "rules"), "*.yml");
        (await Tool.Run("promtool", ["check", "rules", "--lint-fatal", .. rules])).ShouldSucceed();
    }

    [Fact]
    public async Task The_rules_pass_their_tests()
    {
        var runs = Directory.GetFiles(TestFolder, "*.yml").Select(file => Tool.Run("promtool", "test", "rules", file)).ToList();

        runs.Count.ShouldBeGreaterThan(3);
        foreach (var run in runs) (await run).ShouldSucceed();
    }

    [Fact]
    public void Every_alert_is_tested_in_both_ways()
    {
        var seen = Expectations(Directory.GetFiles(TestFolder, "*.yml").Select(File.ReadAllText));

        Rules.Alerts.Count.ShouldBeGreaterThan(25);
        Rules.Alerts.Where(alert => !seen.Contains((alert.Name, true))).Select(alert => $"{alert.Name} never fires").ShouldBeEmpty();
        Rules.Alerts.Where(alert => !seen.Contains((alert.Name, false))).Select(alert => $"{alert.Name} is never quiet").ShouldBeEmpty();
    }

    [Fact]
    public void An_alert_that_is_tested_in_one_way_is_caught() =>
        Expectations(["tests: [{promql_expr_test: [{expr: 'count(ALERTS{alertname=\"A\", alertstate=\"firing\"})', exp_samples: []}]}]"])
            .ShouldBe([("A", false)]);

    /// <summary>A live server can then be asked whether it has what an alert waits for.</summary>
    [Fact]
    public void Every_alert_compares_measures_with_thresholds()
    {
        Rules.Alerts.Where(alert => Rules.MeasuresOf(alert.Expression) is null).Select(alert => alert.Name).ShouldBeEmpty();
        Rules.MeasuresOf("a:b > 1 and on() c >= 14 * 86400").ShouldBe(["a:b", "c"]);
        Rules.MeasuresOf("rate(a[5m]) > 1").ShouldBeNull();
        Rules.MeasuresOf("1 < a").ShouldBeNull();
    }

    [Fact]
    public void Every_alert_has_a_severity_a_summary_a_description_and_a_runbook()
    {
        var anchors = Heading().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations", "runbooks.md")))
            .Select(match => match.Groups[1].Value).ToList();

        foreach (var alert in Rules.Alerts)
        {
            alert.Severity.ShouldBeOneOf("critical", "warning");
            alert.Annotations.Keys.ShouldBe(["summary", "description", "runbook_url"], ignoreOrder: true, alert.Name);
            alert.Annotations["runbook_url"].ShouldBe(
                $"{{{{ $externalLabels.runbooks }}}}/docs/operations/runbooks.md#{alert.Name.ToLowerInvariant()}");
        }
        anchors.ShouldBe(Rules.Alerts.Select(alert => alert.Name), ignoreOrder: true);
    }

    [Fact]
    public void Names_of_alerts_are_unique_and_those_of_measures_but_for_their_labels()
    {
        Repeated(Rules.All).ShouldBeEmpty();
        Rules.All.ShouldContain(rule => !rule.IsAlert);
    }

    /// <summary>Of two measures with one name a query would get both, or Prometheus would refuse one.</summary>
    [Theory]
    [InlineData("[{record: a, expr: b}, {record: a, expr: c}]", "a")]
    [InlineData("[{record: a, expr: b, labels: {of: x}}, {record: a, expr: c, labels: {of: y}}]", null)]
    [InlineData("[{record: a, expr: b, labels: {of: x}}, {record: a, expr: c, labels: {of: x}}]", "a of=x")]
    [InlineData("[{record: a, expr: b, labels: {of: x}}, {record: a, expr: c}]", "a is told apart by different labels")]
    [InlineData("[{alert: A, expr: b, labels: {of: x}}, {alert: A, expr: c, labels: {of: y}}]", "A")]
    [InlineData("[{record: a, expr: b}, {alert: a, expr: c}]", null)]
    public void A_planted_repeated_name_is_caught(string rules, string? found) =>
        Repeated(Rules.Parse($"groups: [{{rules: {rules}}}]")).ShouldBe(found is null ? [] : [found]);

    private static IEnumerable<string> Repeated(IEnumerable<Rule> rules)
    {
        var all = rules.ToList();
        foreach (var same in all.Where(rule => !rule.IsAlert).GroupBy(rule => rule.Name))
        {
            if (same.Select(rule => string.Join(',', rule.Labels.Keys.Order())).Distinct().Count() > 1)
                yield return $"{same.Key} is told apart by different labels";
        }
        var named = all.GroupBy(rule => (rule.IsAlert, Text: rule.IsAlert ? rule.Name : $"{rule.Name} {LabelsOf(rule)}".TrimEnd()));
        foreach (var same in named.Where(same => same.Count() > 1)) yield return same.Key.Text;
    }

    private static string LabelsOf(Rule rule) =>
        string.Join(',', rule.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));

    /// <summary>What the tests of rules expect of firing alerts: which, and whether there are any.</summary>
    private static HashSet<(string Alert, bool Fires)> Expectations(IEnumerable<string> files) =>
    [
        .. from file in files
           from test in Yaml.List(Yaml.Parse(file), "tests")
           from question in Yaml.List(test, "promql_expr_test")
           let expression = Yaml.Text(question, "expr")
           let alert = AlertName().Match(expression)
           where alert.Success && expression.Contains(Firing, StringComparison.Ordinal)
           select (alert.Groups[1].Value, Yaml.List(question, "exp_samples").Any()),
    ];

    [GeneratedRegex("ALERTS\\{alertname=\"(\\w+)\"")]
    private static partial Regex AlertName();

    [GeneratedRegex("^## (\\w+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
