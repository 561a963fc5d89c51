using System.Data.Common;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using Dapper;

namespace BigTech.DataMigration;

/// <summary>Migrates one context: from its file, opened read-only, to its store on a server, and document tables to MongoDB.</summary>
internal sealed class StoreMigration : IDisposable
{
    // Tables that each store creates itself, and relay_positions, which is empty without a relay; see MigrationRunner.
    private static readonly string[] NotMigrated = ["schema_migrations", "store_writer", "leases", "relay_positions"];

    private readonly DbConnection _source;
    private readonly List<ITableMigration> _tables;

    private StoreMigration(
        string file, DbConnection source, Store target, IReadOnlyCollection<DocumentTable> elsewhere, DocumentDatabase? documents)
    {
        _source = source;
        Target = target;
        var names = SourceTables();
        var targetNames = TargetTables();
        if (!names.SequenceEqual(targetNames))
        {
            var different = string.Join(", ", names.Union(targetNames).Except(names.Intersect(targetNames)));
            throw new StartupException($"The tables of {file} and of {target.Engine.Place} are not the same: {different}.");
        }
        _tables = names.ConvertAll<ITableMigration>(
            name => elsewhere.FirstOrDefault(table => table.Store == target.Name && table.Table == name) is { } table
            ? new DocumentMigration(table, file, source, documents!)
            : new TableCopier(name, file, source, target));
    }

    public Store Target { get; }

    /// <param name="elsewhere">The tables of all contexts whose rows become documents.</param>
    /// <param name="documents">The database for these documents, if there are any.</param>
    /// <exception cref="StartupException">The file is missing or damaged, or this program cannot migrate its schema or tables.</exception>
    public static StoreMigration Open(
        string folder, Store target, IReadOnlyCollection<DocumentTable> elsewhere, DocumentDatabase? documents)
    {
        var file = Path.Combine(folder, $"{target.Name}.db");
        if (!File.Exists(file)) throw new StartupException($"There is no {file}.");
        var engine = new SqliteEngine(file);
        engine.Verify();
        var source = engine.OpenReaderNow();
        try
        {
            Migrator.RequireNewest(engine, source, target.Migrations);
            return new StoreMigration(file, source, target, elsewhere, documents);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The state of each table. The rows of the target must be the first rows of the file.</summary>
    /// <exception cref="StartupException">The target has other rows.</exception>
    public List<MigratedTable> Compare(CancellationToken ct) => _tables.ConvertAll(table => table.Compare(ct));

    /// <summary>Copies the missing rows; call it after <see cref="Compare"/>.</summary>
    public async Task Copy(Action<MigratedTable> progress, CancellationToken ct)
    {
        foreach (var table in _tables) await table.Copy(progress, ct);
        // The next event follows the last copied one. Without this row the server would scan its whole outbox for the position.
        var last = _source.ExecuteScalar<long>("SELECT COALESCE(MAX(position), 0) FROM outbox");
        await Target.Write(work => work.Execute("UPDATE store_writer SET position = @last WHERE id = 1", new { last }));
    }

    /// <summary>The last relayed position of a topic in the source; null if it was never relayed.</summary>
    public long? Relayed(string topic) =>
        _source.QueryFirstOrDefault<long?>("SELECT position FROM relay_positions WHERE topic = @topic", new { topic });

    public void Dispose() => _source.Dispose();

    private List<string> SourceTables() =>
        Migrated(_source.Query<string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"));

    private List<string> TargetTables()
    {
        using var connection = Target.Engine.OpenReaderNow();
        // A table keyed by epoch exists on servers only: an embedded store has no writer epochs.
        return Migrated(connection.Query<string>(
            """
            SELECT table_name FROM information_schema.tables t WHERE table_schema = DATABASE() AND NOT EXISTS (
                SELECT 1 FROM information_schema.columns c
                WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.column_name = 'turn' AND c.column_key = 'PRI')
            """));
    }

    private static List<string> Migrated(IEnumerable<string> tables) => [.. tables.Except(NotMigrated).Order(StringComparer.Ordinal)];
}
