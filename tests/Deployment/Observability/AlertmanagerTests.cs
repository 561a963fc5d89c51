using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Observability;

public sealed partial class AlertmanagerTests
{
    /// <summary>The labels that inhibitions compare.</summary>
    private static readonly string[] Places = ["job", "instance", "device", "persistentvolumeclaim", "slo", "group", "topic"];

    private static string ConfigurationFile => AlertmanagerServer.ConfigurationFile;

    [Fact]
    public async Task Alertmanager_accepts_the_configuration() =>
        (await Tool.Run("amtool", "check-config", ConfigurationFile)).ShouldSucceed();

    [Fact]
    public async Task Every_alert_goes_to_the_receiver_of_its_severity()
    {
        var wrong = new List<string>();
        foreach (var alert in Rules.Alerts)
        {
            var receiver = await ReceiverOf([$"alertname={alert.Name}", "service=gateway", .. LabelsOf(alert)]);
            if (receiver != alert.Severity) wrong.Add($"{alert.Name}: {receiver}");
        }

        Rules.Alerts.Select(alert => alert.Severity).Distinct().ShouldBe(["critical", "warning"], ignoreOrder: true);
        wrong.ShouldBeEmpty();

        static IEnumerable<string> LabelsOf(Rule alert) => alert.Labels.Select(label => $"{label.Key}={label.Value}");
    }

    [Fact]
    public void Every_receiver_tells_Slack_and_the_webhook()
    {
        var receivers = Yaml.List(Yaml.Parse(File.ReadAllText(ConfigurationFile)), "receivers").ToList();

        receivers.Select(receiver => Yaml.Text(receiver, "name")).ShouldBe(["critical", "warning"], ignoreOrder: true);
        receivers.ShouldAllBe(receiver =>
            Yaml.List(receiver, "slack_configs").Count() == 1 && Yaml.List(receiver, "webhook_configs").Count() == 1);
    }

    [Fact]
    public async Task An_alert_without_a_severity_is_a_warning() => (await ReceiverOf("alertname=Unknown")).ShouldBe("warning");

    /// <summary>An alert that an inhibition names must exist, or the inhibition never does anything.</summary>
    [Fact]
    public void Inhibitions_name_alerts_that_exist()
    {
        var named = from rule in Yaml.List(Yaml.Parse(File.ReadAllText(ConfigurationFile)), "inhibit_rules")
                    from matcher in Yaml.List(rule, "source_matchers").Concat(Yaml.List(rule, "target_matchers")).Cast<string>()
                    where matcher.StartsWith("alertname", StringComparison.Ordinal) && !matcher.Contains(".*", StringComparison.Ordinal)
                    from name in matcher.Split('"')[1].Split('|')
                    select name;

        named.Distinct().Except(Rules.Alerts.Select(alert => alert.Name)).ShouldBeEmpty();
        named.Count().ShouldBeGreaterThan(4);
    }

    [Fact]
    public async Task An_alert_of_Prometheus_reaches_the_webhook_and_Slack_and_silences_what_it_explains()
    {
        using var receiver = new Receiver();
        using var alertmanager = new AlertmanagerServer(receiver.Address);
        // Nothing listens there. The pending times are shortened, and an alert that ServiceDown explains is added.
        using var prometheus = new PrometheusServer(
            [("gateway", $"127.0.0.1:{Loopback.FreePort()}")],
            text => Explained().Replace(text, "$1up == 0\n").Replace("for: 1m", "for: 1s", StringComparison.Ordinal)
                .Replace("alertmanager:9093", alertmanager.Address, StringComparison.Ordinal));

        await Eventually.Holds(
            () => receiver.Got.Any(call => call.Path == "/alerts" && call.Body.Contains("ServiceDown", StringComparison.Ordinal))
                && receiver.Got.Any(call => call.Path == "/slack" && call.Body.Contains("ServiceDown", StringComparison.Ordinal)),
            "the alert at both", Patience.Long);
        await Eventually.Holds(
            async () => (await prometheus.Query("ALERTS{alertname=\"HighErrorRate\", alertstate=\"firing\"}")).Count > 0,
            "the alert that is explained");
        await alertmanager.Knows("HighErrorRate", "suppressed");

        // The other one may have gone out before it was explained.
        var hook = receiver.Got.First(call =>
            call.Path == "/alerts" && call.Body.Contains("ServiceDown", StringComparison.Ordinal));
        hook.Token.ShouldBe("Bearer the-token");
        hook.Body.ShouldContain("gateway is down");
        hook.Body.ShouldContain($"{PrometheusServer.Runbooks}/docs/operations/runbooks.md#servicedown");
        hook.Body.ShouldNotContain("\"runbooks\"");
        receiver.Got.First(call => call.Path == "/slack" && call.Body.Contains("ServiceDown", StringComparison.Ordinal)).Body
            .ShouldContain("#bigtech-critical");
    }

    /// <summary>Of two replicas one is down: the other one, the service and the objectives are still told of.</summary>
    [Fact]
    public async Task A_replica_that_is_down_silences_what_it_explains_and_nothing_of_the_other_one()
    {
        using var receiver = new Receiver();
        using var alertmanager = new AlertmanagerServer(receiver.Address);
        await alertmanager.Take(
            Alert("ServiceDown", "critical", ("instance", "a")), Alert("HighCpu", "warning", ("instance", "a")),
            Alert("RedisUnavailable", "critical", ("instance", "a")), Alert("HighCpu", "warning", ("instance", "b")),
            Alert("RedisUnavailable", "critical", ("instance", "b")), Alert("HighErrorRate", "warning"),
            Labels("SloBurnRate14x", "critical", ("slo", "sends")), Labels("NoMessages", "warning"));

        string[] told = ["ServiceDown", "HighErrorRate", "SloBurnRate14x", "NoMessages", "HighCpu", "RedisUnavailable"];
        await Eventually.Holds(
            () => told.All(name => receiver.Got.Any(call => call.Body.Contains($"\"alertname\":\"{name}\"", StringComparison.Ordinal))),
            "the alerts that nothing explains", Patience.Long);

        (await alertmanager.Suppressed()).ShouldBe(["HighCpu a", "RedisUnavailable a"], ignoreOrder: true);

        static Dictionary<string, string> Alert(string name, string severity, params IEnumerable<(string Name, string Value)> more) =>
            Labels(name, severity, [("job", "chat-service"), ("service", "chat-service"), .. more]);

        static Dictionary<string, string> Labels(string name, string severity, params IEnumerable<(string Name, string Value)> more) =>
            new(more.Select(label => KeyValuePair.Create(label.Name, label.Value))) { ["alertname"] = name, ["severity"] = severity };
    }

    /// <summary>All alerts at place a, and those that another one explains at place b, where nothing explains them.</summary>
    [Fact]
    public async Task Of_all_alerts_at_once_those_are_held_back_that_another_one_explains()
    {
        string[] alone = ["DiskLow", "VolumeFills", "CertificateExpires", "SloBurnRate1x", "ConsumerLag"];
        string[] explained = [.. alone, "SloBurnRate6x", "SloBurnRate3x", "ConsumerLagHigh"];
        using var receiver = new Receiver();
        using var alertmanager = new AlertmanagerServer(receiver.Address);
        var others = Rules.Alerts.Where(alert => alert.Name != "ServiceDown").ToList();
        var atB = others.Where(alert => alone.Contains(alert.Name)).ToList();

        await alertmanager.Take([.. others.Select(alert => At("a", alert)), .. atB.Select(alert => At("b", alert))]);
        await Suppresses(explained.Select(name => $"{name} a"));

        await alertmanager.Take(At("b", Rules.Alerts.Single(alert => alert.Name == "ServiceDown")));
        await Suppresses(explained.Select(name => $"{name} a").Concat(alone.Select(name => $"{name} b")));

        await alertmanager.Take(At("a", Rules.Alerts.Single(alert => alert.Name == "ServiceDown")));
        await Suppresses(others.Select(alert => $"{alert.Name} a").Concat(alone.Select(name => $"{name} b")));

        async Task Suppresses(IEnumerable<string> expected)
        {
            var all = expected.Order(StringComparer.Ordinal).ToList();
            IReadOnlyList<string> last = [];
            try
            {
                await Eventually.Holds(
                    async () => (last = [.. (await alertmanager.Suppressed()).Order(StringComparer.Ordinal)]).SequenceEqual(all),
                    "the explained alerts");
            }
            catch (ShouldAssertException)
            {
                last.ShouldBe(all);
            }
        }

        // What inhibitions compare says the place.
        static Dictionary<string, string> At(string place, Rule alert) =>
            new(Places.Select(label => KeyValuePair.Create(label, place)).Concat(alert.Labels)) { ["alertname"] = alert.Name };
    }

    /// <summary>A label that no alert has would be equal for all of them.</summary>
    [Fact]
    public void Inhibitions_compare_labels_that_are_known() =>
        Yaml.List(Yaml.Parse(File.ReadAllText(ConfigurationFile)), "inhibit_rules").SelectMany(rule => Yaml.List(rule, "equal"))
            .Cast<string>().Distinct().ShouldBe(Places, ignoreOrder: true);

    [GeneratedRegex(@"(- alert: HighErrorRate\s+expr: ).*\n\s+for: \w+\n")]
    private static partial Regex Explained();

    private static async Task<string> ReceiverOf(params string[] labels) => (await Tool.Run(
        "amtool", ["config", "routes", "test", $"--config.file={ConfigurationFile}", .. labels])).ShouldSucceed().Trim();

    /// <summary>What Alertmanager calls.</summary>
    private sealed class Receiver : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly List<(string Path, string? Token, string Body)> _got = [];

        public Receiver()
        {
            Address = $"http://127.0.0.1:{Loopback.FreePort()}/";
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = Listen();
        }

        public string Address { get; }

        public IReadOnlyList<(string Path, string? Token, string Body)> Got
        {
            get
            {
                lock (_got) return [.. _got];
            }
        }

        public void Dispose() => _listener.Close();

        private async Task Listen()
        {
            try
            {
                while (true) Keep(await _listener.GetContextAsync());
            }
            catch (Exception) when (!_listener.IsListening)
            {
                // The test has ended.
            }
        }

        private void Keep(HttpListenerContext call)
        {
            using var body = new StreamReader(call.Request.InputStream, Encoding.UTF8);
            var text = body.ReadToEnd();
            lock (_got) _got.Add((call.Request.Url!.AbsolutePath, call.Request.Headers["Authorization"], text));
            call.Response.Close();
        }
    }
}
