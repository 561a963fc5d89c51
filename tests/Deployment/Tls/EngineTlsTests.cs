using System.Globalization;
using BigTech.Tests.EndToEnd;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Tls;

/// <summary>The settings of <c>docs/operations/tls.md</c>, against engines that take encrypted connections only.</summary>
public sealed class EngineTlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly MariaDbServer _mariaDb = new();
    private readonly MemoryMongo _mongo = new();
    private readonly TlsDoor _mongoDoor;
    private readonly WatchedProgram _redis;
    private readonly string _redisPort = Loopback.FreePort().ToString(CultureInfo.InvariantCulture);

    public EngineTlsTests()
    {
        _mariaDb.Start(
            durable: false, "--require-secure-transport=ON", $"--ssl-ca={_authority.RootFile}", $"--ssl-cert={_authority.CertificateFile}",
            $"--ssl-key={_authority.KeyFile}");
        _mongoDoor = new TlsDoor(_authority.Certificate, _mongo.Port);
        _redis = new WatchedProgram(
            "Ready to accept connections", "redis-server", "--port", "0", "--tls-port", _redisPort, "--bind", "127.0.0.1", "--save", "",
            "--tls-ca-cert-file", _authority.RootFile, "--tls-cert-file", _authority.CertificateFile,
            "--tls-key-file", _authority.KeyFile, "--tls-auth-clients", "no");
    }

    public void Dispose()
    {
        _redis.Dispose();
        _mongoDoor.Dispose();
        _mongo.Dispose();
        _mariaDb.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_message_goes_over_encrypted_connections_to_engines_of_a_trusted_authority()
    {
        await using var server = await ServerProcess.Start([.. Settings(), ("SSL_CERT_FILE", _authority.RootFile)]);
        await Eventually.Holds(async () => (await server.Metrics()).Sum("bigtech_redis_up") == 1, "a connection to Redis", Patience.Long);

        var (_, bob, room) = await server.TwoInARoom();
        await bob.Send(room, "hello");

        (await bob.History(room)).Messages.Select(message => message.Content).ShouldContain("hello");
        _mongo.Seen("insert").ShouldBeGreaterThan(0);
    }

    [Fact]
    public Task A_database_of_an_unknown_authority_gets_no_password() => ShouldRefuseTheDatabase(Settings());

    [Fact]
    public Task The_strictest_mode_wants_to_know_whether_the_certificate_was_revoked() =>
        ShouldRefuseTheDatabase([.. Settings("VerifyFull"), ("SSL_CERT_FILE", _authority.RootFile)]);

    [Fact]
    public async Task A_Redis_of_an_unknown_authority_is_not_used()
    {
        await using var server = await ServerProcess.Start(Settings()[^1]);

        await Eventually.Holds(
            () => server.Output.Contains("UntrustedRoot", StringComparison.Ordinal), "the reason in the log", Patience.Long);
        (await server.Metrics()).Sum("bigtech_redis_up").ShouldBe(0);
    }

    private static async Task ShouldRefuseTheDatabase((string Name, string Value)[] settings)
    {
        using var folder = new TemporaryFolder();

        var finished = await ServerProcess.RunToEnd(
            ["--data-dir", folder.Path, "--urls", ServerProcess.FreePorts()], workingDirectory: null, settings);

        finished.ExitCode.ShouldBe(1);
        finished.Stderr.ShouldContain("certificate", Case.Insensitive);
    }

    private (string Name, string Value)[] Settings(string mode = "VerifyCA") =>
    [
        ("Sql__Engine", "mysql"), ("Sql__ConnectionString", $"Server=127.0.0.1;Port={_mariaDb.Port};User ID=root;SslMode={mode}"),
        ("Chat__MessageStore", "mongo"), ("Mongo__Uri", $"mongodb://127.0.0.1:{_mongoDoor.Port}/?tls=true"),
        ("Redis__Configuration", $"127.0.0.1:{_redisPort},ssl=true"),
    ];
}
