using BigTech.Server;
using BigTech.Tests.Testing;
using YamlDotNet.Serialization;

namespace BigTech.Tests.Deployment.Compose;

/// <summary>What Prometheus scrapes: every process of the product and every exporter of the compose files, by their names.</summary>
public sealed class TargetTests
{
    [Theory]
    [InlineData("single.yml", "compose.yaml")]
    [InlineData("msa.yml", "compose.msa.yaml")]
    public void Every_process_and_every_exporter_is_scraped_by_the_name_of_its_job(string targets, string file)
    {
        var scraped = Read(File.ReadAllText(ComposeFile.FullPath($"targets/{targets}"))).ToList();

        scraped.ShouldBe(Wanted([ComposeFile.Read(file), ComposeFile.Read("compose.monitoring.yaml")]), ignoreOrder: true);
    }

    [Theory]
    [InlineData("single.yml", "compose.yaml")]
    [InlineData("msa.yml", "compose.msa.yaml")]
    public void The_blackbox_exporter_asks_the_gateway(string endpoints, string file)
    {
        var services = ComposeFile.Read(file).Services.Where(service => service.IsOurs);
        var gateway = services.Single(service => service.Environment.GetValueOrDefault("BIGTECH_TARGET") is "all" or "gateway");
        var asked = Groups(File.ReadAllText(ComposeFile.FullPath($"endpoints/{endpoints}"))).SelectMany(TargetsOf);

        asked.ShouldBe([$"http://{gateway.Name}:{Roles.Gateway.Port}/health/ready"]);
    }

    [Fact]
    public void Prometheus_finds_the_blackbox_exporter()
    {
        var exporter = ComposeFile.Read("compose.monitoring.yaml").Services.Single(service => service.Name == "bigtech-blackbox-exporter");
        var network = ComposeService.Map(exporter.Values, "networks").ShouldHaveSingleItem().Value;
        var alias = ((List<object>)((Dictionary<object, object>)network)["aliases"]).ShouldHaveSingleItem();

        File.ReadAllText(Path.Combine(Repository.Root, "deploy/observability/prometheus/prometheus.yml"))
            .ShouldContain($"replacement: {alias}:9115");
    }

    [Fact]
    public void A_planted_replica_is_missed()
    {
        var file = new ComposeFile("", ComposeFile.Read("compose.yaml").Text.Replace("  bigtech-chat:", "  bigtech-other:"));
        var scraped = Read(File.ReadAllText(ComposeFile.FullPath("targets/single.yml")));

        Wanted([file]).Except(scraped).ShouldBe([("bigtech-chat", "bigtech-other:9464")]);
    }

    private static IEnumerable<(string Job, string Address)> Wanted(IEnumerable<ComposeFile> files) =>
        from service in files.SelectMany(file => file.Services)
        let port = service.IsOurs ? $"{Roles.Metrics.Port}" : PortOfExporter(service.Name)
        where port.Length > 0
        select (JobOf(service), $"{service.Name}:{port}");

    private static string JobOf(ComposeService service) => service.Environment.GetValueOrDefault("BIGTECH_TARGET") switch
    {
        null => service.Name["bigtech-".Length..^"-exporter".Length],
        "all" => "bigtech-chat",
        "gateway" => "gateway",
        var role => $"{role}-service",
    };

    /// <summary>The ports that these programs have by their documentation.</summary>
    private static string PortOfExporter(string service) => service switch
    {
        "bigtech-mysql-exporter" => "9104",
        "bigtech-mongodb-exporter" => "9216",
        "bigtech-redis-exporter" => "9121",
        "bigtech-kafka-exporter" => "9308",
        "bigtech-node-exporter" => "9100",
        _ => "",
    };

    private static IEnumerable<(string Job, string Address)> Read(string text) =>
        from entry in Groups(text)
        from address in TargetsOf(entry)
        select ((string)((Dictionary<object, object>)entry["labels"])["job"], address);

    private static List<Dictionary<string, object>> Groups(string text) =>
        new DeserializerBuilder().Build().Deserialize<List<Dictionary<string, object>>>(text);

    private static IEnumerable<string> TargetsOf(Dictionary<string, object> group) => ((List<object>)group["targets"]).Cast<string>();
}
