using System.Text.RegularExpressions;
using BigTech.Load;
using BigTech.Tests.Kafka;
using BigTech.Tests.Testing;

namespace BigTech.Promises;

/// <summary>
/// Two replicas of all roles on one MariaDB, one Redis and Kafka's mock cluster, with the product's default settings. The connections of
/// the second one to MariaDB and to Redis can be interrupted.
/// </summary>
internal sealed partial class Replicas : IAsyncDisposable
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);

    private readonly Workspace _workspace = new();
    private readonly MariaDbServer _database = new();
    private readonly RedisServer _redis = new();
    private readonly MockKafka _kafka = new();

    private Replicas() => RedisOfB = new TcpProxy(_redis.Port);

    public TcpProxy RedisOfB { get; }

    public TcpProxy MariaDbOfB { get; private set; } = null!;

    public ServerProcess A { get; private set; } = null!;

    public ServerProcess B { get; private set; } = null!;

    /// <summary>Prepares users and rooms at the first replica.</summary>
    public ChatSetup Client { get; private set; } = null!;

    public static async Task<Replicas> Start(CancellationToken cancellation)
    {
        var replicas = new Replicas();
        try
        {
            replicas._database.Start(durable: true);
            replicas.MariaDbOfB = new TcpProxy(replicas._database.Port);
            replicas._kafka.CreateTopics();
            var keys = replicas._workspace.NewDataFolder();
            replicas.A = await replicas.Start(replicas._database.Port, replicas._redis.Address, keys, cancellation);
            replicas.B = await replicas.Start(replicas.MariaDbOfB.Port, replicas.RedisOfB.Address, keys, cancellation);
            replicas.Client = new ChatSetup(replicas.A.Address);
            return replicas;
        }
        catch
        {
            await replicas.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more server, of one process and on a data folder of its own.</summary>
    public Task<ServerProcess> StartAlone(CancellationToken cancellation, params (string Name, string Value)[] settings) =>
        ServerProcess.Start(
            Workspace.BuiltServer!, _workspace.NewDataFolder(), RequestLimits.NeverReached(settings),
            cancellation);

    /// <summary>Starts a gateway behind which no service listens.</summary>
    public async Task<Gateway> StartGateway(CancellationToken cancellation)
    {
        var unused = Loopback.UnusedAddress().ToString();
        var settings = new Dictionary<string, string>
        {
            ["BIGTECH_Services__Users"] = unused,
            ["BIGTECH_Services__Friends"] = unused,
            ["BIGTECH_Services__Chat"] = unused,
            ["BIGTECH_Services__Notifications"] = unused,
            ["BIGTECH_Services__Secret"] = "the-secret-of-a-gateway-that-is-measured",
        };
        var child = ChildProcess.Start(
            [Workspace.BuiltServer!, "--target", "gateway", "--data-dir", _workspace.NewDataFolder(), "--urls",
                "gateway=http://127.0.0.1:0"],
            GatewayListens(), settings);
        try
        {
            return new Gateway(child, new Uri(await child.Announcement(StartWithin, cancellation)));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (B is not null) await B.DisposeAsync();
        if (A is not null) await A.DisposeAsync();
        RedisOfB.Dispose();
        MariaDbOfB?.Dispose();
        _kafka.Dispose();
        _redis.Dispose();
        _database.Dispose();
        _workspace.Dispose();
    }

    private Task<ServerProcess> Start(int database, string redis, string keys, CancellationToken cancellation) => StartAlone(
        cancellation,
        ("BIGTECH_Sql__Engine", "mysql"), ("BIGTECH_Sql__ConnectionString", _database.ConnectionStringBy(database)),
        ("BIGTECH_Redis__Configuration", redis),
        ("BIGTECH_Kafka__BootstrapServers", _kafka.BootstrapServers), ("BIGTECH_Users__KeysDirectory", keys),
        // Unlike real brokers, the mock cluster does not wake a waiting fetch when an event arrives.
        ("BIGTECH_Kafka__FetchWaitMilliseconds", "5"),
        // User creation is not measured.
        ("BIGTECH_Users__PasswordIterations", "1000"), ("BIGTECH_Users__SignUpsPerHour", "0"),
        ("BIGTECH_Users__WaitingSignUpsPerNetwork", "0"));

    [GeneratedRegex(@"gateway listens on (http://[^\s""]+)")]
    private static partial Regex GatewayListens();
}

/// <summary>A process that is only a gateway.</summary>
internal sealed record Gateway(ChildProcess Process, Uri Address) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
