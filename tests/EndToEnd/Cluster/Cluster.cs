using System.Security.Cryptography;
using BigTech.Tests.EndToEnd.Telemetry;
using BigTech.Tests.Kafka;
using BigTech.Tests.Testing;
using BigTech.Tests.Testing.Mail;

namespace BigTech.Tests.EndToEnd.Cluster;

/// <summary>
/// The product as it runs at scale: a gateway, two replicas of Chat, and User, Friend and Notification, each in a process of its own, on
/// MariaDB, Redis and Kafka's protocol. They share only the data in the engines and the folder of the signing keys.
/// </summary>
public sealed class Cluster : IAsyncLifetime
{
    private const string Secret = "the-secret-of-a-cluster-of-the-tests";
    private readonly TemporaryFolder _keys = new();
    private readonly List<ServerProcess> _started = [];
    private int _expiredSessions;
    private int _sessionsToExpire;

    public MariaDbServer MariaDb { get; } = new();

    public RedisServer Redis { get; } = new();

    public MockKafka Kafka { get; } = new();

    /// <summary>Additional settings of a role.</summary>
    public Func<string, (string Name, string Value)[]> Settings { get; init; } = _ => [];

    /// <summary>Gets the mails.</summary>
    internal SmtpTestServer Mail { get; } = new();

    /// <summary>Gets the traces of all processes.</summary>
    public TraceCollector Traces { get; private set; } = null!;

    /// <summary>The second Chat replica's connection to Redis, which a test may cut.</summary>
    public TcpProxy RedisOfB { get; private set; } = null!;

    /// <summary>The second Chat replica's connection to MariaDB.</summary>
    public TcpProxy MariaDbOfB { get; private set; } = null!;

    public ServerProcess Users { get; private set; } = null!;

    public ServerProcess Friends { get; private set; } = null!;

    public ServerProcess ChatA { get; private set; } = null!;

    public ServerProcess ChatB { get; private set; } = null!;

    public ServerProcess Notifications { get; private set; } = null!;

    public ServerProcess Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Traces = await TraceCollector.Start();
        MariaDb.Start(durable: true);
        Kafka.CreateTopics();
        RedisOfB = new TcpProxy(Redis.Port);
        MariaDbOfB = new TcpProxy(MariaDb.Port);
        Users = await Start(
            "user", ("Mail__SmtpHost", "127.0.0.1"), ("Mail__SmtpPort", $"{Mail.Port}"), ("Mail__SmtpSecurity", "none"),
            ("Mail__FromAddress", "chat@example.org"), ("Mail__PublicUrl", "https://chat.example.org"));
        Friends = await Start("friend", At("Users", Users));
        await Task.WhenAll(
            Run(async () => ChatA = await Start("chat", At("Users", Users), At("Friends", Friends))),
            Run(async () => ChatB = await Start(
                "chat", At("Users", Users), At("Friends", Friends), ("Redis__Configuration", RedisOfB.Address),
                ("Sql__ConnectionString", MariaDb.ConnectionStringBy(MariaDbOfB.Port)))));
        Notifications = await Start("notification", At("Users", Users), At("Chat", ChatA, ChatB));
        Gateway = await Start(
            "gateway", At("Users", Users), At("Friends", Friends), At("Chat", ChatA, ChatB), At("Notifications", Notifications),
            ("Gateway__AnonymousPerMinute", "0"), ("Gateway__UserPerMinute", "0"));
        await Eventually.Holds(
            async () => (await Gateway.Anonymous.Get("/health")).Json.GetProperty("status").GetString() == "healthy", "a healthy cluster",
            Patience.Long);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_started))
            await process.DisposeAsync();
        RedisOfB?.Dispose();
        MariaDbOfB?.Dispose();
        Kafka.Dispose();
        Redis.Dispose();
        MariaDb.Dispose();
        await Mail.DisposeAsync();
        _keys.Dispose();
        if (Traces is not null)
            await Traces.DisposeAsync();
    }

    /// <summary>
    /// A second replica of Chat on the machine of the first, with the same process name and the same settings except for the port and the
    /// folder; no setting distinguishes the two. The gateway does not know it.
    /// </summary>
    public Task<ServerProcess> TwinOfA() => Start("chat", At("Users", Users), At("Friends", Friends));

    /// <summary>Makes Kafka unavailable, once the killed processes of earlier tests are no longer members of its groups.</summary>
    public async Task TakeKafkaAway()
    {
        await Eventually.Holds(Kafka.OnlyLivingMembers(), "groups of living members", Patience.Long);
        Kafka.Members.ShouldBeGreaterThan(0);
        _sessionsToExpire = Volatile.Read(ref _expiredSessions) + Kafka.Members;
        Kafka.GoAway();
    }

    /// <summary>
    /// Makes Kafka available after every consumer has lost its membership and noticed that. The mock names members by their addresses: if
    /// clients of removed members reconnect under the old names, it may confuse them, and an assertion ends the process.
    /// </summary>
    public async Task BringKafkaBack()
    {
        await Eventually.Holds(
            () => Kafka.Members == 0 && Volatile.Read(ref _expiredSessions) >= _sessionsToExpire,
            "every consumer knows that its session expired", Patience.Long);
        Kafka.ComeBack();
    }

    /// <summary>The processes that have a role.</summary>
    public IReadOnlyList<ServerProcess> Replicas(string role) => role switch
    {
        "gateway" => [Gateway],
        "user" => [Users],
        "friend" => [Friends],
        "chat" => [ChatA, ChatB],
        "notification" => [Notifications],
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role."),
    };

    /// <inheritdoc cref="ServerProcess.SigningKey"/>
    public ECDsa SigningKey() => Jws.PrivateKey(_keys.Path);

    /// <summary>Two users with a room, created through the gateway and known to every context that needs them.</summary>
    public Task<(User Ann, User Bob, long Room)> TwoInARoom() => Gateway.TwoInARoom();

    /// <summary>A user's live stream of a room at one replica.</summary>
    public static Task<SseClient> Stream(User user, ServerProcess replica, long room, string? lastEventId = null) =>
        SseClient.Open(new Uri(replica.Url("chat"), $"/messages/stream/{room}"), user.Tokens.AccessToken, lastEventId);

    /// <summary>A user's live stream of all their rooms at one replica.</summary>
    public static Task<SseClient> StreamOfAllRooms(User user, ServerProcess replica, string? lastEventId = null) =>
        SseClient.Open(new Uri(replica.Url("chat"), "/messages/stream"), user.Tokens.AccessToken, lastEventId);

    /// <summary>The user as a caller of one replica.</summary>
    public static ApiClient At(User user, ServerProcess replica) => replica.Anonymous.With(user.Tokens.AccessToken);

    private static async Task Run(Func<Task> start) => await start();

    private static (string Name, string Value) At(string service, params ServerProcess[] replicas) =>
        ($"Services__{service}", string.Join(',', replicas.Select(replica => replica.Anonymous.Url("/").ToString().TrimEnd('/'))));

    private async Task<ServerProcess> Start(string role, params (string Name, string Value)[] settings)
    {
        (string Name, string Value)[] common =
        [
            ("Services__Secret", Secret), ("Users__KeysDirectory", _keys.Path), ("Sql__Engine", "mysql"),
            ("Sql__ConnectionString", MariaDb.ConnectionString),
            ("Kafka__BootstrapServers", Kafka.BootstrapServers), ("Redis__Configuration", Redis.Address),
            // Unlike real brokers, the mock cluster does not wake a waiting fetch when an event arrives.
            ("Kafka__FetchWaitMilliseconds", "10"),
            ("Telemetry__OtlpEndpoint", Traces.Address), ("Telemetry__SampleRatio", "1"),
        ];
        // Only roles that have a section accept its settings.
        var process = await ServerProcess.Start(
            [role], [.. common.Where(s => role == "user" || s.Name != "Users__KeysDirectory"), .. settings, .. Settings(role)]);
        process.Wrote += line =>
        {
            if (line.Contains("Kafka session of a consumer expired", StringComparison.Ordinal)) Interlocked.Increment(ref _expiredSessions);
        };
        lock (_started)
            _started.Add(process);
        return process;
    }
}

/// <summary>Scenarios that share one cluster; a scenario that breaks it restores it.</summary>
[CollectionDefinition(nameof(ClusterCollection))]
public sealed class ClusterCollection : ICollectionFixture<Cluster>;
