using BigTech.Tests.EndToEnd;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>The program takes the settings that its pods get.</summary>
public sealed class SettingsTests
{
    private const string Prefix = "BIGTECH_";
    private const string Secret = "a-secret-of-an-installation-of-the-tests";

    /// <summary>What is different where no cluster is: the harness says it.</summary>
    private static readonly string[] Places = ["BIGTECH_DATA_DIR", "BIGTECH_URLS", "BIGTECH_TARGET"];

    public static TheoryData<string> Overlays => [.. Rendered.Overlays];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task The_program_knows_every_setting(string overlay)
    {
        var rendered = await Rendered.Overlay(overlay);
        var names = rendered.Product.SelectMany(one => rendered.Environment(one).Keys).ToList();

        names.ShouldContain("BIGTECH_URLS");
        KnownSettings.UnknownAmong(names).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_gateway_gets_no_secret_of_the_services()
    {
        var rendered = await Rendered.Overlay("small");

        rendered.Environment(rendered.Product.Single(one => one.Component == "gateway")).Keys
            .Where(name => name.Contains("Secret") || name.Contains("PASSWORD"))
            .ShouldBe(["BIGTECH_Services__GatewaySecret", "REDIS_PASSWORD"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_roles_work_together_with_the_settings_of_their_pods()
    {
        var small = await Rendered.Overlay("small");
        using var mariaDb = new MariaDbServer();
        using var redis = new RedisServer();
        using var kafka = new Tests.Kafka.MockKafka();
        using var mongo = new MemoryMongo(isReplicaSet: true);
        using var keys = new TemporaryFolder();
        mariaDb.Start(durable: true);
        kafka.CreateTopics();
        Dictionary<string, string> real = new()
        {
            ["BIGTECH_Sql__ConnectionString"] = mariaDb.ConnectionString,
            ["BIGTECH_Redis__Configuration"] = redis.Address,
            ["BIGTECH_Kafka__BootstrapServers"] = kafka.BootstrapServers,
            ["BIGTECH_Mongo__Uri"] = mongo.Uri,
            ["BIGTECH_Users__KeysDirectory"] = keys.Path,
        };
        Dictionary<string, string> addresses = [];
        await using var processes = new Processes();
        foreach (var role in new[] { "user", "friend", "chat", "notification", "gateway" })
        {
            var pod = small.Product.Single(one => one.Component == role);
            var process = processes.Add(await ServerProcess.Start([role], [.. Settings(small, pod, real, addresses)]));
            foreach (var name in new[] { $"{role}-service", $"{role}-service-pods" })
                addresses[$"http://{name}:{pod.Main.Ports[0].ContainerPort}"] = process.Anonymous.Url("/").ToString().TrimEnd('/');
        }

        var gateway = processes.Last;
        await Eventually.Holds(
            async () => (await gateway.Anonymous.Get("/health")).Json.GetProperty("status").GetString() == "healthy", "a healthy gateway",
            Patience.Long);
        var (ann, bob, room) = await gateway.TwoInARoom();
        await ann.Send(room, "Is this a cluster?");
        await Eventually.Holds(
            async () => (await bob.Api.Get("/notifications/")).Text.Contains("Is this a cluster?"), "the notification of the message",
            Patience.Long);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("friend")]
    [InlineData("chat")]
    [InlineData("notification")]
    public async Task The_program_gets_as_far_as_its_database_with_the_settings_for_operators(string role)
    {
        var production = await Rendered.Overlay("production");
        using var folder = new TemporaryFolder();
        var pod = production.Product.Single(one => one.Component == role);
        Dictionary<string, string> real = new()
        {
            ["BIGTECH_Sql__ConnectionString"] = production.Environment(pod)["BIGTECH_Sql__ConnectionString"]!
                .Replace("mysql-primary;Port=3306", "127.0.0.1;Port=1"),
            ["BIGTECH_Mongo__Uri"] = "mongodb://bigtech:password@127.0.0.1:1/?replicaSet=mongodb",
            ["BIGTECH_Users__KeysDirectory"] = folder["keys"],
            ["BIGTECH_Kafka__SslCaLocation"] = folder["ca.crt"],
        };
        await File.WriteAllTextAsync(folder["ca.crt"], "", TestContext.Current.CancellationToken);

        var finished = await ServerProcess.RunToEnd(
            ["--target", role, "--data-dir", folder["data"], "--urls", "http://127.0.0.1:0"], null,
            [.. Settings(production, pod, real, [])]);

        // 2 would be a wrong setting.
        finished.ExitCode.ShouldBe(1, finished.Stderr);
        finished.Stderr.ShouldContain("127.0.0.1");
    }

    private static IEnumerable<(string Name, string Value)> Settings(
        Rendered rendered, Workload pod, IReadOnlyDictionary<string, string> real, Dictionary<string, string> addresses) =>
        from setting in rendered.Environment(pod)
        where setting.Key.StartsWith(Prefix, StringComparison.Ordinal) && !Places.Contains(setting.Key)
            && !setting.Key.StartsWith("BIGTECH_Services__Previous", StringComparison.Ordinal)
        let value = real.GetValueOrDefault(setting.Key) ?? setting.Value ?? Secret
        select (setting.Key[Prefix.Length..], addresses.Aggregate(value, (text, address) => text.Replace(address.Key, address.Value)));

    private sealed class Processes : IAsyncDisposable
    {
        private readonly List<ServerProcess> _all = [];

        public ServerProcess Last => _all[^1];

        public ServerProcess Add(ServerProcess process)
        {
            _all.Add(process);
            return process;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var process in Enumerable.Reverse(_all)) await process.DisposeAsync();
        }
    }
}
