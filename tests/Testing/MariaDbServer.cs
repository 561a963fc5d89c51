using System.Diagnostics;
using MySqlConnector;

namespace BigTech.Tests.Testing;

/// <summary>
/// A MariaDB server that the tests own, on a free loopback port and with its data in a temporary folder. It ends with the test process.
/// The shared one may be another server of this machine, such as a MySQL: <c>MYSQL_TEST_CONNECTION</c>.
/// </summary>
public sealed class MariaDbServer : IDisposable
{
    private const string LogSize = "--innodb-log-file-size=32M";
    private static readonly Lazy<MariaDbServer> SharedServer = new(StartShared);
    private static readonly Lazy<string> Template = new(Install);

    private readonly string _folder = Directory.CreateTempSubdirectory("bigtech-mariadb-").FullName;

    // A temporary folder of its own: a starting server deletes the files of other servers in a shared one.
    private readonly string _temporary = Directory.CreateTempSubdirectory("bigtech-mariadb-tmp-").FullName;
    private readonly string _connection;
    private WatchedProgram? _program;

    /// <summary>An empty server that is not running yet.</summary>
    public MariaDbServer()
        : this($"Server=127.0.0.1;Port={Loopback.FreePort()};User ID=root;SslMode=Disabled") => Copy(Template.Value, _folder);

    private MariaDbServer(string connection) =>
        (_connection, Port) = (connection, (int)new MySqlConnectionStringBuilder(connection).Port);

    /// <summary>
    /// The server of all tests that do not stop it: that of <c>MYSQL_TEST_CONNECTION</c>, or a MariaDB that does not force its commits to
    /// disk.
    /// </summary>
    public static MariaDbServer Shared => SharedServer.Value;

    /// <summary>
    /// The server's connection string. Many tests use it concurrently, and on a busy machine some wait longer than the product's limits
    /// allow.
    /// </summary>
    public string ConnectionString => $"{_connection};Connection Timeout=30;Default Command Timeout=30";

    public int Port { get; }

    /// <summary>With the product's own limits.</summary>
    public string ConnectionStringOfProduct => _connection;

    /// <summary>The same by another port of this machine that leads there.</summary>
    public string ConnectionStringBy(int port) => new MySqlConnectionStringBuilder(_connection) { Port = (uint)port }.ConnectionString;

    /// <summary>Starts the server on its data and waits until it answers.</summary>
    /// <param name="more">Additional options.</param>
    public void Start(bool durable, params string[] more) => _program = new WatchedProgram(
        "ready for connections", "mariadbd",
        [
            "--no-defaults", $"--datadir={_folder}", $"--tmpdir={_temporary}", $"--socket={Path.Combine(_folder, "socket")}",
            $"--port={Port}",
            "--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-buffer-pool-size=64M", LogSize,
            "--max-connections=1000", "--back-log=1000", $"--innodb-flush-log-at-trx-commit={(durable ? 1 : 0)}",
            $"--user={Environment.UserName}",
            .. more,
        ]);

    /// <summary>The server hangs: it keeps and accepts connections, without an answer until it is <see cref="Thaw">thawed</see>.</summary>
    public void Freeze() => _program!.Freeze();

    public void Thaw() => _program!.Thaw();

    /// <summary>Simulates a power failure: nothing is flushed, and connections end without a message.</summary>
    public void Kill()
    {
        _program!.Dispose();
        _program = null;
    }

    public void Dispose()
    {
        _program?.Dispose();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_temporary, recursive: true);
    }

    private static MariaDbServer StartShared()
    {
        if (Environment.GetEnvironmentVariable("MYSQL_TEST_CONNECTION") is { Length: > 0 } named) return new MariaDbServer(named);
        var server = new MariaDbServer();
        server.Start(durable: false);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
        return server;
    }

    /// <summary>The data of an empty server, created once per process and copied for each server.</summary>
    private static string Install()
    {
        var folder = Directory.CreateTempSubdirectory("bigtech-mariadb-template-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var data = Path.Combine(folder, "data");
        var temporary = Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName;
        Run(
            "mariadb-install-db", "--no-defaults", $"--datadir={data}", $"--tmpdir={temporary}", "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--innodb-flush-method=nosync", LogSize);
        return data;
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed: {output} {errors.Result}");
    }
}
