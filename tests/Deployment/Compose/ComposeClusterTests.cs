using BigTech.Tests.EndToEnd;
using BigTech.Tests.Kafka;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Compose;

/// <summary>
/// The services of <c>compose.msa.yaml</c>, each with its own settings from there, on engines of this machine that start as the file says
/// where they are installed. Only what names a place is changed: hosts, ports and folders.
/// </summary>
public sealed class ComposeClusterTests : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Given =
        EnvironmentExample.Filled().Select(line => line.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

    private readonly ComposeFile _file = ComposeFile.Read("compose.msa.yaml");
    private readonly TemporaryFolder _folder = new();
    private readonly MariaDbServer _sql = new();
    private readonly MemoryMongo _mongo = new(isReplicaSet: true);
    private readonly MockKafka _kafka = new();
    private readonly int _redisPort = Loopback.FreePort();
    private readonly Dictionary<string, ServerProcess> _started = [];
    private readonly WatchedProgram _redis;

    public ComposeClusterTests()
    {
        var script = ComposeFile.Fill(Service("bigtech-redis").List("entrypoint").Last(), Given)
            .Replace("exec redis-server /tmp/redis.conf", $"exec redis-server /tmp/redis.conf --port {_redisPort} --bind 127.0.0.1")
            .Replace("/tmp/redis.conf", _folder["redis.conf"]);
        _redis = new WatchedProgram(
            "Ready to accept connections", "env", $"REDISCLI_AUTH={EnvironmentExample.Secret("REDIS_PASSWORD")}", "sh", "-c", script);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started.Values) await process.DisposeAsync();
        _redis.Dispose();
        _kafka.Dispose();
        _mongo.Dispose();
        _sql.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_message_goes_from_user_to_user_through_services_with_the_settings_of_the_file()
    {
        StartSql();
        _kafka.CreateTopics();
        foreach (var service in InOrder()) _started[service.Name] = await Start(service);
        var gateway = _started["bigtech-gateway"];
        await Eventually.Holds(
            async () => (await gateway.Anonymous.Get("/health")).Json.GetProperty("status").GetString() == "healthy", "healthy services",
            Patience.Long);

        var (ann, bob, room) = await gateway.TwoInARoom();
        await using var stream = await bob.Stream(room);
        await stream.First();
        var sent = await ann.Send(room, "through every service");

        (await stream.WaitForCreated(1)).Single().Id.ShouldBe(sent.Id);
        _mongo.Done("insert").ShouldBeGreaterThan(0);
        _sql.Query<string>("SHOW DATABASES LIKE 'bigtech%'")
            .ShouldBe(["bigtech_chat", "bigtech_friends", "bigtech_notifications", "bigtech_users"], ignoreOrder: true);
    }

    [Fact]
    public async Task Redis_asks_for_its_password_and_forgets_nothing_by_itself()
    {
        string[] question = ["-p", $"{_redisPort}", "config", "get", "maxmemory-policy"];

        (await Tool.Run("redis-cli", question)).ShouldSucceed().ShouldContain("NOAUTH");
        (await Tool.Run("redis-cli", question, [("REDISCLI_AUTH", EnvironmentExample.Secret("REDIS_PASSWORD"))])).ShouldSucceed()
            .ShouldContain("noeviction");
    }

    private ComposeService Service(string name) => _file.Services.Single(service => service.Name == name);

    private void StartSql()
    {
        _sql.Start(durable: true, [.. Service("bigtech-mysql").List("command")]);
        _sql.Execute($"CREATE USER bigtech IDENTIFIED BY '{EnvironmentExample.Secret("MYSQL_PASSWORD")}'");
        _sql.Execute(File.ReadAllText(ComposeFile.FullPath("engines/mysql.sql")));
    }

    /// <summary>The services of this product, each after those whose address it needs.</summary>
    private IEnumerable<ComposeService> InOrder()
    {
        var left = _file.Services.Where(service => service.IsOurs).ToList();
        while (left.Count > 0)
        {
            var next = left.Find(service => !left.Exists(other => Names(service, other)))
                .ShouldNotBeNull("Addresses go round in a circle.");
            left.Remove(next);
            yield return next;
        }
    }

    private Task<ServerProcess> Start(ComposeService service)
    {
        // These are arguments of the child process, which has its own folder and ports.
        string[] asArguments = ["BIGTECH_TARGET", "BIGTECH_URLS", "BIGTECH_DATA_DIR"];
        var settings = service.Environment.Where(variable => !asArguments.Contains(variable.Key))
            .Select(variable => (variable.Key["BIGTECH_".Length..], OnThisMachine(ComposeFile.Fill(variable.Value, Given)))).ToList();
        // Unlike real brokers, the mock cluster does not wake a waiting fetch when an event arrives.
        if (service.Environment.ContainsKey("BIGTECH_Kafka__BootstrapServers")) settings.Add(("Kafka__FetchWaitMilliseconds", "10"));
        return ServerProcess.Start([service.Environment["BIGTECH_TARGET"]], [.. settings]);
    }

    private static bool Names(ComposeService service, ComposeService other) =>
        service.Environment.Values.Any(value => value.Contains($"//{other.Name}:"));

    /// <summary>A setting with the places of this machine in it.</summary>
    private string OnThisMachine(string value)
    {
        value = value
            .Replace("Server=bigtech-mysql;Port=3306;", $"Server=127.0.0.1;Port={_sql.Port};")
            // Debian's MariaDB has no certificate; MySQL makes one for itself.
            .Replace("SslMode=Required", "SslMode=Disabled")
            .Replace("bigtech-redis:6379", $"127.0.0.1:{_redisPort}")
            .Replace("bigtech-kafka-1:9092,bigtech-kafka-2:9092,bigtech-kafka-3:9092", _kafka.BootstrapServers)
            // The server of the tests knows no accounts.
            .Replace($"bigtech:{EnvironmentExample.Secret("MONGO_PASSWORD")}@bigtech-mongodb:27017", $"127.0.0.1:{_mongo.Port}")
            .Replace("/data/", $"{_folder.Path}/");
        foreach (var (name, process) in _started)
        {
            var role = Service(name).Environment["BIGTECH_TARGET"];
            value = value.Replace($"http://{name}:{Server.Roles.Find(role)!.Port}", process.Url(role).GetLeftPart(UriPartial.Authority));
        }
        value.ShouldNotMatch(@"bigtech-[\w-]+[:;]\d");
        return value;
    }
}
