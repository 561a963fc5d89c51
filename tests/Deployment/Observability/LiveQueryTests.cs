using System.Text.RegularExpressions;
using BigTech.Tests.EndToEnd;
using BigTech.Tests.EndToEnd.Cluster;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>
/// Every query of every panel and what every alert measures, asked of a real Prometheus beside the real product and a little traffic:
/// none is
/// empty, in one process and in separate services.
/// </summary>
public sealed partial class LiveQueryTests
{
    private const int StreamsPerUser = 10;

    /// <summary>Its measure is empty in one process: there is no Redis.</summary>
    private const string RedisAlert = "RedisUnavailable";

    /// <summary>One process has no relay to Kafka and no Redis: nothing can cause them.</summary>
    private static readonly string[] OnlyInServices = ["bigtech_events_relayed_total", "bigtech_redis_up"];

    /// <summary>So slow are passwords that <see cref="Traffic.OverloadPasswords"/> causes refusals, and a few users none.</summary>
    private static readonly (string Name, string Value)[] SlowPasswords =
        [("Users__PasswordWorkers", "1"), ("Users__PasswordIterations", "200000"), ("Users__WaitingSignInsPerNetwork", "4")];

    /// <summary>As they stand there. The third is a number although little or nothing has failed.</summary>
    private static readonly string[] FoundingQueries =
    [
        "sum(rate(http_requests_total[1m])) by (service)",
        "rate(http_request_duration_seconds_sum[5m]) / rate(http_request_duration_seconds_count[5m])",
        "100 * sum(rate(http_requests_total{status=~\"5..\"}[5m])) / sum(rate(http_requests_total[5m]))",
        FoundingQueryOfAService,
        "histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m])))",
        "online_users_count",
    ];

    /// <summary>One process is the service bigtech-chat.</summary>
    private const string FoundingQueryOfAService = "http_requests_total{service=\"user-service\", method=\"POST\"}";

    /// <summary>Those of the docs.</summary>
    private static readonly string[] Recipes =
    [
        .. PromQl().Match(File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations", "observability.md"))).Groups[1].Value
            .Split('\n').Where(line => line.Length > 0 && line[0] != '#'),
    ];

    [Fact]
    public async Task In_one_process_no_query_is_empty()
    {
        await using var server = await ServerProcess.Start([("Streams__MaxPerUser", $"{StreamsPerUser}"), .. SlowPasswords]);
        using var exporters = new Exporters();
        using var alertmanager = new AlertmanagerServer($"http://127.0.0.1:{Loopback.FreePort()}/");
        using var prometheus = Watch([("bigtech-chat", AddressOf(server)), Dead("bigtech-chat")], exporters, alertmanager);
        await using var traffic = await Traffic.Start(server);
        await traffic.OpenTooManyStreams(server, StreamsPerUser);
        await traffic.OverloadPasswords(server);

        var queries = Queries()
            .Where(query => query.Source != RedisAlert && query.Expression != FoundingQueryOfAService && !IsOfEngines(query.Expression))
            .ToList();
        await ShouldAllHaveValues(prometheus, traffic, queries);

        await ShouldNameWhatExists(prometheus, queries, expression => !IsOfEngines(expression), OnlyInServices);
        (await prometheus.RuleErrors()).ShouldBeEmpty();
    }

    [Fact]
    public async Task In_separate_services_no_query_is_empty()
    {
        await using var cluster = new Cluster
        {
            Settings = role => role switch
            {
                "user" => SlowPasswords,
                "chat" => [("Streams__MaxPerUser", $"{StreamsPerUser}")],
                _ => [],
            },
        };
        await cluster.InitializeAsync();
        using var exporters = new Exporters(cluster.MariaDb.Port, cluster.Redis.Port);
        using var alertmanager = new AlertmanagerServer($"http://127.0.0.1:{Loopback.FreePort()}/");
        using var prometheus = Watch(
            [
                Dead("gateway"), ("gateway", AddressOf(cluster.Gateway)), ("user-service", AddressOf(cluster.Users)),
                ("friend-service", AddressOf(cluster.Friends)),
                ("chat-service", AddressOf(cluster.ChatA)), ("chat-service", AddressOf(cluster.ChatB)),
                ("notification-service", AddressOf(cluster.Notifications)),
            ],
            exporters, alertmanager);
        await using var traffic = await Traffic.Start(cluster.Gateway);
        await traffic.OpenTooManyStreams(cluster.ChatA, StreamsPerUser);
        await traffic.OverloadPasswords(cluster.Users);

        var queries = Queries();
        await ShouldAllHaveValues(prometheus, traffic, [.. queries.Where(query => !IsDocumentedOnly(query.Expression))]);

        await ShouldNameWhatExists(prometheus, queries, _ => true, notHere: []);
        await TextsOfAlertsShouldHaveTheirLabels(prometheus);
        // So is a label called that the product and the scrape both have.
        (await prometheus.Labels()).ShouldNotContain(name => name.StartsWith("exported_", StringComparison.Ordinal));
        (await prometheus.LabelValues("peer_service", "http_server_request_duration_seconds_count{job=\"gateway\"}"))
            .ShouldBe(["chat", "friend", "notification", "user"], ignoreOrder: true);
        (await prometheus.Exemplars("http_server_request_duration_seconds_bucket")).ShouldNotBeEmpty();
        (await prometheus.RuleErrors()).ShouldBeEmpty();
    }

    /// <summary>Prometheus as it is configured for the product, beside the exporters and Alertmanager.</summary>
    private static PrometheusServer Watch(
        IEnumerable<(string Job, string Address)> processes, Exporters exporters, AlertmanagerServer alertmanager) =>
        new(
            [.. processes, .. exporters.Targets],
            text => text.Replace("blackbox:9115", exporters.Blackbox, StringComparison.Ordinal)
                .Replace("alertmanager:9093", alertmanager.Address, StringComparison.Ordinal)
                .Replace("file_sd_configs:\n      - files: [certificates/*.yml]", $"static_configs: [{{targets: ['{exporters.Url}']}}]",
                    StringComparison.Ordinal));

    private static string AddressOf(ServerProcess server) => server.Url("metrics").Authority;

    /// <summary>A process that does not answer: an alert waits to fire.</summary>
    private static (string Job, string Address) Dead(string job) => (job, $"127.0.0.1:{Loopback.FreePort()}");

    /// <summary>One process has no engines, and is in no cluster.</summary>
    private static bool IsOfEngines(string expression) => Expression.ScrapedBy(expression).Any(metric => EngineMetric().IsMatch(metric));

    /// <summary>Only Kafka's or MongoDB's exporter, or a cluster, would bring it.</summary>
    private static bool IsDocumentedOnly(string expression) =>
        expression.Contains("engine=\"Kafka\"", StringComparison.Ordinal)
        || expression.Contains("engine=\"MongoDB\"", StringComparison.Ordinal)
        || Expression.ScrapedBy(expression).All(Exporters.Documented.ContainsKey);

    private static List<Query> Queries() =>
    [
        .. from dashboard in Dashboard.All
           from panel in dashboard.Panels
           from query in panel.Queries
           select new Query(panel.Name, query, dashboard),
        .. from alert in Rules.Alerts
           from measure in Rules.MeasuresOf(alert.Expression)!
           select new Query(alert.Name, measure, null),
        .. FoundingQueries.Select(query => new Query("The founding documents", query, null)),
        .. Recipes.Select(query => new Query("The recipes", query, null)),
    ];

    private static async Task ShouldAllHaveValues(PrometheusServer prometheus, Traffic traffic, List<Query> queries)
    {
        Recipes.Length.ShouldBeGreaterThan(5);
        queries.Count.ShouldBeGreaterThan(100);
        var empty = queries;
        try
        {
            await Eventually.Holds(
                async () =>
                {
                    await traffic.Repeat();
                    var answers = await Task.WhenAll(empty.Select(query => HasValue(prometheus, query)));
                    empty = [.. empty.Where((_, index) => !answers[index])];
                    return empty.Count == 0;
                },
                "a value for every query", Patience.Long);
        }
        catch (ShouldAssertException failure)
        {
            // What ended it may be the traffic.
            var missing = empty.Select(query => $"{query.Source}: {query.Expression}");
            throw new ShouldAssertException($"{failure.Message}\nWithout a value:\n{string.Join('\n', missing)}", failure);
        }
    }

    private static async Task<bool> HasValue(PrometheusServer prometheus, Query query) =>
        (await prometheus.Query(await Fill(prometheus, query))).Any(sample => !double.IsNaN(sample.Value));

    /// <summary>The query with the variables of its dashboard, as Grafana fills them where "All" is chosen.</summary>
    private static async Task<string> Fill(PrometheusServer prometheus, Query query)
    {
        var text = query.Expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal);
        if (query.Dashboard is not { } dashboard) return text;
        foreach (var variable in dashboard.Variables.Reverse())
        {
            var name = $"${variable.GetProperty("name").GetString()}";
            var definition = variable.GetProperty("query").GetString()!;
            if (!text.Contains(name, StringComparison.Ordinal)) continue;
            var value = definition;
            if (LabelValues().Match(definition) is { Success: true } values)
            {
                var series = await Fill(prometheus, query with { Expression = values.Groups[1].Value });
                value = $"({string.Join('|', (await prometheus.LabelValues(values.Groups[2].Value, series)).Select(Escape))})";
            }
            text = text.Replace(name, value, StringComparison.Ordinal);
        }
        return text;
    }

    private static string Escape(string value) => value.Replace(".", "\\\\.", StringComparison.Ordinal);

    /// <summary>
    /// "or 0 *" hides a wrong name: so every metric and label of panels, measures and alerts must also be one of the live series.
    /// </summary>
    private static async Task ShouldNameWhatExists(
        PrometheusServer prometheus, List<Query> queries, Func<string, bool> isWatched, string[] notHere)
    {
        var labels = Exporters.Documented.ToDictionary(
            metric => metric.Key, metric => (HashSet<string>)[.. metric.Value, "job", "instance", "service"]);
        var wrong = new List<string>();
        var sources = queries.Select(query => (query.Source, query.Expression))
            .Concat(Rules.All.Where(rule => !rule.IsAlert).Select(rule => (Source: rule.Name, rule.Expression)))
            .Where(source => isWatched(source.Expression));
        foreach (var (source, text) in sources)
        {
            var expression = new Expression(text);
            foreach (var metric in expression.Metrics.Where(metric => !labels.ContainsKey(metric)))
            {
                labels[metric] = [.. (await prometheus.Query($"last_over_time({metric}[1h])")).SelectMany(sample => sample.Labels.Keys)];
            }
            var known = expression.Metrics.Where(metric => labels[metric].Count > 0).ToList();
            if (expression.Metrics.Except(known).Except(notHere)
                .Where(metric => !Expression.ScrapedBy(metric).All(Exporters.Documented.ContainsKey)).ToList() is { Count: > 0 } missing)
            {
                wrong.Add($"{source}: no series of {string.Join(", ", missing)}");
            }
            wrong.AddRange(expression.Matched.Where(match => known.Contains(match.Metric) && !labels[match.Metric].Contains(match.Label))
                .Select(match => $"{source}: {match.Metric} has no label {match.Label}"));
            var possible = expression.Metrics.SelectMany(metric => labels[metric]).Concat(expression.Given).ToHashSet();
            if (known.Count == expression.Metrics.Count)
            {
                wrong.AddRange(expression.Grouped.Except(possible).Select(label => $"{source}: nothing has the label {label}"));
            }
        }
        wrong.Distinct().ShouldBeEmpty();
    }

    private static async Task TextsOfAlertsShouldHaveTheirLabels(PrometheusServer prometheus)
    {
        foreach (var alert in Rules.Alerts)
        {
            var measure = Rules.MeasuresOf(alert.Expression)![0];
            var texts = string.Concat(alert.Annotations.Values);
            if (IsDocumentedOnly(measure)) continue;
            var labels = (await prometheus.Query(measure)).SelectMany(sample => sample.Labels.Keys).ToHashSet();
            LabelInText().Matches(texts).Select(match => match.Groups[1].Value).Except(labels).ShouldBeEmpty(alert.Name);
        }
    }

    /// <summary>What a query asks, where it stands, and the dashboard whose variables it has.</summary>
    private sealed record Query(string Source, string Expression, Dashboard? Dashboard);

    [GeneratedRegex(@"\$labels\.(\w+)")]
    private static partial Regex LabelInText();

    [GeneratedRegex("```promql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex PromQl();

    [GeneratedRegex("^(mysql|redis|mongodb|kafka|kubelet|container|kube)_")]
    private static partial Regex EngineMetric();

    [GeneratedRegex(@"^label_values\((.+), (\w+)\)$")]
    private static partial Regex LabelValues();
}
