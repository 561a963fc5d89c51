namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>The connections that an installation needs, and not one more.</summary>
public sealed class NetworkTests
{
    private static readonly string[] Services = ["user", "friend", "chat", "notification"];
    private static readonly string[] Engines = ["mysql", "mongodb", "kafka", "redis"];

    /// <summary>Those whose pods ask the API server where operators run them.</summary>
    private static readonly string[] Watched = ["mysql", "mongodb"];

    private static readonly string[] Logging = ["alloy loki 3100", "monitoring loki 3100", "alloy dns 53", "loki dns 53"];

    private static readonly string[] BetweenRoles =
    [
        "gateway user 8005", "gateway friend 8003", "gateway chat 8002", "gateway notification 8004",
        "friend user 8005", "chat user 8005", "chat friend 8003", "notification user 8005", "notification chat 8002",
    ];

    private static readonly string[] Exporters = ["mysql-exporter", "mongodb-exporter", "redis-exporter", "kafka-exporter"];

    private static readonly string[] Probing = ["monitoring blackbox-exporter 9115", "blackbox-exporter dns 53"];

    /// <summary>Where the public address leads.</summary>
    private static readonly int[] Https = [443, 8443, 10443];

    private static readonly Place[] Outside =
    [
        new("clients", "ingress-nginx", Labels("controller")),
        new("route", "envoy-gateway-system", Labels("proxy")),
        new("monitoring", "monitoring", Labels("prometheus")),
        new("dns", "kube-system", new Dictionary<string, string> { ["k8s-app"] = "kube-dns" }),
        new("strangers", "other", Labels("gateway")),
    ];

    private static readonly int[] Ports =
    [
        53, 443, 3100, 3306, 4317, 6379, 8000, 8002, 8003, 8004, 8005, 8443, 9091, 9092, 9093, 9104,
        9115, 9121, 9216, 9308, 9464, 10443, 12345, 15012, 16686, 27017,
    ];

    [Fact]
    public async Task Separate_services_with_their_engines_have_the_connections_that_they_need()
    {
        (await Allowed("small")).ShouldBe(
            Needed(kafka: 9092)
                .Concat(["clients gateway 8000", "mysql mysql 3306", "mongodb mongodb 27017", "kafka kafka 9092", "kafka kafka 9093"]),
            ignoreOrder: true);
    }

    [Fact]
    public async Task Separate_services_with_operators_have_the_connections_that_they_need()
    {
        (await Allowed("production")).ShouldBe(
            Needed(kafka: 9093).Concat(Watching(kafka: 9093)).Concat(Logging).Concat(Probing)
                .Concat(["route gateway 8000", "mysql mysql 3306", "mongodb mongodb 27017", "kafka kafka 8443", "kafka kafka 9091"])
                .Concat(Watched.Append("alloy").SelectMany(one => Anywhere(one, 443))).Concat(Anywhere("blackbox-exporter", Https)),
            ignoreOrder: true);
    }

    [Fact]
    public async Task The_monitoring_adds_the_connections_that_it_needs()
    {
        var traces = Services.Prepend("gateway").Select(one => $"{one} jaeger 4317");
        (await Allowed("watched")).Except(await Allowed("small")).ShouldBe(
            Watching(kafka: 9092).Concat(traces).Concat(["monitoring jaeger 16686", "jaeger dns 53"])
                .Concat(Logging).Concat(Anywhere("alloy", 443)).Concat(Probing).Concat(Anywhere("blackbox-exporter", Https)),
            ignoreOrder: true);
    }

    [Fact]
    public async Task One_process_has_the_connections_that_it_needs() =>
        (await Allowed("single")).ShouldBe(
            Dns(["gateway"]).Concat([
                // Where no component says what stands in front of it.
                "clients gateway 8000", "route gateway 8000", "strangers gateway 8000", "monitoring gateway 8000",
                "monitoring gateway 9464", "gateway monitoring 4317", "dns gateway 8000",
            ]),
            ignoreOrder: true);

    [Fact]
    public async Task A_planted_way_from_the_gateway_to_a_database_is_caught()
    {
        var yaml = (await Rendered.Overlay("small")).Yaml;
        var open = yaml.Replace("          - mysql\n", "          - mysql\n          - gateway\n")
            .Replace("app.kubernetes.io/component: redis", "app.kubernetes.io/component: mysql").Replace("port: 6379", "port: 3306");

        new Network(new Rendered(open)).Allowed([Pods("gateway"), Pods("mysql")], Ports).ShouldContain("gateway mysql 3306");
    }

    [Theory]
    [InlineData("strangers gateway 8000")]
    [InlineData("strangers chat 8002")]
    [InlineData("clients user 8005")]
    [InlineData("clients gateway 9464")]
    [InlineData("gateway mysql 3306")]
    [InlineData("gateway kafka 9092")]
    [InlineData("user chat 8002")]
    [InlineData("user mongodb 27017")]
    [InlineData("monitoring mysql 3306")]
    [InlineData("redis dns 443")]
    public async Task What_nobody_needs_is_closed(string way) =>
        (await Allowed("small")).ShouldNotContain(way);

    private static IEnumerable<string> Needed(int kafka) =>
        BetweenRoles
            .Concat(Services.Prepend("gateway").SelectMany(one =>
                new[] { $"{one} redis 6379", $"monitoring {one} 9464", $"{one} monitoring 4317" }))
            .Concat(Services.SelectMany(one => new[] { $"{one} mysql 3306", $"{one} kafka {kafka}" }))
            .Concat(["chat mongodb 27017", "notification mongodb 27017"])
            .Concat(Dns([.. Services, "gateway", .. Engines]));

    private static IEnumerable<string> Watching(int kafka) =>
    [
        "monitoring mysql-exporter 9104", "monitoring mongodb-exporter 9216", "monitoring redis-exporter 9121",
        "monitoring kafka-exporter 9308", "mysql-exporter mysql 3306", "mongodb-exporter mongodb 27017", "redis-exporter redis 6379",
        $"kafka-exporter kafka {kafka}", .. Dns(Exporters),
    ];

    /// <summary>Where the API server is, or a public address, no policy can say: the port is open anywhere outside.</summary>
    private static IEnumerable<string> Anywhere(string pod, params int[] ports) =>
        ports.SelectMany(port => Outside.Select(place => $"{pod} {place.Name} {port}"));

    private static IEnumerable<string> Dns(IEnumerable<string> places) => places.Select(one => $"{one} dns 53");

    private static async Task<IEnumerable<string>> Allowed(string overlay)
    {
        var rendered = await Rendered.Overlay(overlay);
        string[] known = [.. Services, "gateway", .. Engines, .. Exporters, "jaeger", "alloy", "loki", "blackbox-exporter"];
        // What an operator runs is no workload of the overlay.
        string[] run = overlay == "production" ? Engines : [];
        var components = rendered.Workloads.Select(one => one.Component).Union(run).ToList();
        components.Except(known).ShouldBeEmpty();
        return new Network(rendered).Allowed([.. components.Select(Pods), .. Outside], Ports).ToList();
    }

    private static Place Pods(string component) => new(component, "bigtech-chat", new Dictionary<string, string>(Labels(component))
    {
        // What Strimzi adds to its pods.
        ["strimzi.io/cluster"] = component,
    });

    private static Dictionary<string, string> Labels(string component) => new() { ["app.kubernetes.io/component"] = component };
}
