using System.Reflection;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Sql;

/// <summary>The engines of the stores. Every store suite runs on each.</summary>
public enum TestEngine
{
    Sqlite,
    MariaDb,
}

/// <summary>The location of one test's stores: a folder, or the databases of a prefix. Deleted with the test.</summary>
internal abstract class StoreHome : IDisposable
{
    public static StoreHome On(TestEngine engine) => engine == TestEngine.Sqlite ? new FolderHome() : new ServerHome(MariaDbServer.Shared);

    /// <summary>Opens a store, which the test closes; opens the same one again for a name that exists.</summary>
    public Store Open(string name, Assembly migrations, TimeProvider? time = null, int writerQueue = 4096) =>
        new(name, EngineOf(name), migrations, writerQueue, time ?? TimeProvider.System, NullLoggerFactory.Instance, Outbox.For);

    public abstract SqlEngine EngineOf(string name);

    public abstract void Dispose();
}

/// <summary>A folder of files.</summary>
internal sealed class FolderHome : StoreHome
{
    public TemporaryFolder Folder { get; } = new();

    public override SqlEngine EngineOf(string name) => new SqliteEngine(Folder[$"{name}.db"]);

    public override void Dispose() => Folder.Dispose();
}

/// <summary>The databases of a prefix on a server.</summary>
/// <param name="way">The port by which the stores reach it, if not its own.</param>
/// <param name="settings">Additional settings of the connection string.</param>
internal sealed class ServerHome(MariaDbServer server, int? way = null, string settings = "", int readers = 16) : StoreHome
{
    private readonly HashSet<string> _databases = [];

    public string Prefix { get; } = $"t{Guid.NewGuid():N}"[..14] + "_";

    public override SqlEngine EngineOf(string name)
    {
        lock (_databases) _databases.Add(Prefix + name);
        var connection = way is { } port ? server.ConnectionStringBy(port) : server.ConnectionString;
        return MySqlEngine.Create(
            new SqlOptions { ConnectionString = $"{connection};{settings}", DatabasePrefix = Prefix, Readers = readers }, name);
    }

    public override void Dispose()
    {
        foreach (var database in _databases) server.Execute($"DROP DATABASE IF EXISTS `{database}`");
    }
}
