using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Compose;

public sealed partial class ComposeTests
{
    private static readonly (string Name, Func<ComposeFile, IEnumerable<string>> Broken)[] Rules =
    [
        (nameof(ComposeRules.UnknownSettings), ComposeRules.UnknownSettings),
        (nameof(ComposeRules.WrongPorts), ComposeRules.WrongPorts),
        (nameof(ComposeRules.AddressesOfNobody), ComposeRules.AddressesOfNobody),
        (nameof(ComposeRules.PortsForTheWorld), ComposeRules.PortsForTheWorld),
        (nameof(ComposeRules.OpenSecrets), ComposeRules.OpenSecrets),
        (nameof(ComposeRules.MovingImages), ComposeRules.MovingImages),
        (nameof(ComposeRules.Unguarded), ComposeRules.Unguarded),
        (nameof(ComposeRules.Unchecked), ComposeRules.Unchecked),
        (nameof(ComposeRules.VainWaits), ComposeRules.VainWaits),
        (nameof(ComposeRules.SharedVolumes), ComposeRules.SharedVolumes),
        (nameof(ComposeRules.MissingFiles), ComposeRules.MissingFiles),
    ];

    [Fact]
    public void Every_file_keeps_the_rules()
    {
        ComposeFile.All.SelectMany(file => file.Services).Count().ShouldBeGreaterThan(15);
        foreach (var file in ComposeFile.All)
        {
            foreach (var (name, broken) in Rules) broken(file).ShouldBeEmpty($"{name} in {file.Name}");
        }
    }

    [Theory]
    [InlineData(nameof(ComposeRules.UnknownSettings), "compose.yaml", "BIGTECH_DATA_DIR:", "BIGTECH_DATADIR:")]
    [InlineData(nameof(ComposeRules.WrongPorts), "compose.msa.yaml", "http://*:8005", "http://*:8006")]
    [InlineData(nameof(ComposeRules.WrongPorts), "compose.msa.yaml", "BIGTECH_TARGET: friend", "BIGTECH_TARGET: friends")]
    [InlineData(nameof(ComposeRules.WrongPorts), "compose.yaml", "-8000}:8000", "-8000}:8080")]
    [InlineData(nameof(ComposeRules.AddressesOfNobody), "compose.msa.yaml", "user-service:8005", "users-service:8005")]
    [InlineData(nameof(ComposeRules.AddressesOfNobody), "compose.msa.yaml", "bigtech-redis:6379", "bigtech-redis:6380")]
    [InlineData(nameof(ComposeRules.PortsForTheWorld), "compose.test.yaml", "127.0.0.1:3307:3306", "3307:3306")]
    [InlineData(nameof(ComposeRules.OpenSecrets), "compose.msa.yaml", "${SERVICES_SECRET:?see .env.example}", "a-secret")]
    [InlineData(nameof(ComposeRules.OpenSecrets), "compose.msa.yaml", "${MONGO_PASSWORD:?", "${MONGO_PASSWORD:-")]
    [InlineData(nameof(ComposeRules.OpenSecrets), "compose.msa.yaml", "Password=${MYSQL_PASSWORD:?see .env.example}", "Password=a")]
    [InlineData(nameof(ComposeRules.MovingImages), "compose.msa.yaml", "mysql:8.4.6", "mysql:8")]
    [InlineData(nameof(ComposeRules.MovingImages), "compose.yaml", "bigtech-chat:0.1.0", "bigtech-chat:latest")]
    [InlineData(nameof(ComposeRules.Unguarded), "compose.yaml", "read_only: true", "read_only: false")]
    [InlineData(nameof(ComposeRules.Unguarded), "compose.msa.yaml", "cap_drop: [ALL]", "cap_drop: [NET_RAW]")]
    [InlineData(nameof(ComposeRules.Unguarded), "compose.msa.yaml", "mem_limit: 384m", "mem_reservation: 384m")]
    [InlineData(nameof(ComposeRules.Unchecked), "compose.yaml", "healthcheck:", "x-check:")]
    [InlineData(nameof(ComposeRules.Unchecked), "compose.logging.yaml", "but bash.\n    healthcheck:", "but bash.\n    x-check:")]
    [InlineData(nameof(ComposeRules.Unchecked), "compose.msa.yaml", "oliver006/redis_exporter", "other/redis_exporter")]
    [InlineData(nameof(ComposeRules.VainWaits), "compose.msa.yaml", "  bigtech-mysql:\n", "  bigtech-sql:\n")]
    [InlineData(nameof(ComposeRules.VainWaits), "compose.msa.yaml", "service_completed_successfully", "service_healthy")]
    [InlineData(nameof(ComposeRules.VainWaits), "compose.logging.yaml", "healthcheck:", "x-check:")]
    [InlineData(nameof(ComposeRules.SharedVolumes), "compose.msa.yaml", "chat-2-data:/data", "chat-1-data:/data")]
    [InlineData(nameof(ComposeRules.MissingFiles), "compose.msa.yaml", "./engines/mysql.sql", "./engines/nowhere.sql")]
    public void A_planted_fault_is_caught(string rule, string file, string part, string fault)
    {
        var text = ComposeFile.Read(file).Text;
        text.ShouldContain(part);

        Rules.Single(other => other.Name == rule).Broken(new ComposeFile(file, text.Replace(part, fault))).ShouldNotBeEmpty();
    }

    [Fact]
    public void What_cannot_be_checked_is_there_and_has_no_check() =>
        ComposeFile.All.SelectMany(file => file.Services).Where(service => !service.EndsByItself && !service.HealthCheck.Any())
            .Select(service => service.Image.Split(':')[0]).Distinct().ShouldBe(ComposeRules.Uncheckable.Keys, ignoreOrder: true);

    /// <summary>The image of Alloy has no program for HTTP: bash asks it, by words of its own.</summary>
    [Theory]
    [InlineData(200, true)]
    [InlineData(503, false)]
    public async Task The_check_of_Alloy_sees_whether_it_is_ready(int status, bool isReady)
    {
        var alloyService = ComposeFile.Read("compose.logging.yaml").Services.Single(service => service.Name == "bigtech-alloy");
        var check = alloyService.HealthCheck.ToList();
        check[..3].ShouldBe(["CMD", "bash", "-c"]);
        var port = Loopback.FreePort();
        using var alloy = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        var script = check[3].Replace("/12345 ", $"/{port} ", StringComparison.Ordinal);
        (await Tool.Run("bash", "-c", script)).ShouldFail();

        alloy.Start();
        var asked = Answer();
        var result = await Tool.Run("bash", "-c", script);

        (result.ExitCode == 0).ShouldBe(isReady, $"{result.Output}{result.Error}");
        (await asked).ShouldBe("/-/ready");

        async Task<string> Answer()
        {
            var call = await alloy.GetContextAsync();
            call.Response.StatusCode = status;
            call.Response.Close();
            return call.Request.Url!.AbsolutePath;
        }
    }

    [Theory]
    [InlineData("compose.yaml")]
    [InlineData("compose.msa.yaml")]
    [InlineData("compose.test.yaml")]
    [InlineData("compose.yaml", "compose.monitoring.yaml", "compose.logging.yaml")]
    [InlineData("compose.msa.yaml", "compose.monitoring.yaml", "compose.logging.yaml")]
    public async Task Compose_takes_the_files(params string[] files)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllLinesAsync(folder[".env"], EnvironmentExample.Filled(), TestContext.Current.CancellationToken);

        (await Config(files, folder[".env"])).ShouldSucceed();
    }

    [Fact]
    public async Task Compose_stops_where_a_secret_is_missing_and_refuses_an_unknown_key()
    {
        (await Config(["compose.msa.yaml"], ComposeFile.FullPath(".env.example"))).ShouldFail().ShouldContain("see .env.example");

        using var folder = new TemporaryFolder();
        var planted = ComposeFile.Read("compose.yaml").Text.Replace("read_only:", "readonly:");
        await File.WriteAllTextAsync(folder["compose.yaml"], planted, TestContext.Current.CancellationToken);
        (await Config([folder["compose.yaml"]], ComposeFile.FullPath(".env.example"))).ShouldFail().ShouldContain("readonly");
    }

    [Fact]
    public void The_example_of_the_environment_has_each_variable_with_its_default()
    {
        var used = ComposeFile.All.SelectMany(file => file.Variables)
            .Select(variable => (variable.Name, Default: variable.MustBeSet ? null : variable.Default)).ToHashSet();

        used.ShouldBe(EnvironmentExample.Variables.Select(variable => (variable.Key, variable.Value)), ignoreOrder: true);
    }

    [Fact]
    public void Our_image_has_the_version_of_the_product_and_an_image_has_one_version()
    {
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

        EnvironmentExample.Variables["BIGTECH_IMAGE"].ShouldBe($"bigtech-chat:{version}");
        ComposeFile.All.SelectMany(file => file.Services).Select(service => service.Image).Distinct()
            .GroupBy(image => image.Split(':')[0]).Where(images => images.Count() > 1).ShouldBeEmpty();
    }

    [Fact]
    public void Kafka_keeps_each_event_on_every_broker_and_leaves_the_topics_to_the_program()
    {
        var services = ComposeFile.Read("compose.msa.yaml").Services;
        var brokers = services.Where(service => service.Image.StartsWith("apache/kafka:", StringComparison.Ordinal)).ToList();

        brokers.Count.ShouldBe(3);
        foreach (var broker in brokers)
        {
            var nodes = brokers.Select(other => $"{other.Environment["KAFKA_NODE_ID"]}@{other.Name}:9093");
            broker.Environment["KAFKA_CONTROLLER_QUORUM_VOTERS"].ShouldBe(string.Join(',', nodes));
            broker.Environment["KAFKA_ADVERTISED_LISTENERS"].ShouldBe($"PLAINTEXT://{broker.Name}:9092");
            broker.Environment["KAFKA_MIN_INSYNC_REPLICAS"].ShouldBe("2");
            // A broker would create them with partitions and retention of its own.
            broker.Environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"].ShouldBe("false");
        }
        var producing = services.Where(service => service.Environment.ContainsKey("BIGTECH_Kafka__BootstrapServers")).ToList();
        producing.Count.ShouldBe(5);
        foreach (var service in producing) service.Environment["BIGTECH_Kafka__ReplicationFactor"].ShouldBe("3");
    }

    private static Task<ToolResult> Config(IEnumerable<string> files, string environment) => Tool.Run(
        "docker-compose",
        ["--env-file", environment, .. files.SelectMany(file => new[] { "-f", ComposeFile.FullPath(file) }), "config", "--quiet"]);
}

/// <summary><c>.env.example</c>: secrets without a value, and the defaults of all else as comments.</summary>
internal static partial class EnvironmentExample
{
    private static readonly string[] Lines = File.ReadAllLines(ComposeFile.FullPath(".env.example"));

    /// <summary>Each variable with its default; null where it must be set.</summary>
    public static IReadOnlyDictionary<string, string?> Variables { get; } = Lines.Select(line => Assignment().Match(line))
        .Where(match => match.Success)
        .ToDictionary(match => match.Groups[2].Value, match => match.Groups[1].Value == "#" ? match.Groups[3].Value : null);

    /// <summary>The same with a value for each secret.</summary>
    public static IEnumerable<string> Filled() =>
        from variable in Variables
        where variable.Value is null
        select $"{variable.Key}={Secret(variable.Key)}";

    /// <summary>What tests use as a secret.</summary>
    public static string Secret(string name) => $"test-{name.ToLowerInvariant().Replace('_', '-')}-0123456789abcdef";

    [GeneratedRegex("^(#?)([A-Z_]+)=(.*)$")]
    private static partial Regex Assignment();
}
