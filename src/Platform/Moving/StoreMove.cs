using System.Data.Common;
using BigTech.Platform.Documents;
using BigTech.Platform.Sql;
using Dapper;

namespace BigTech.Platform.Moving;

/// <summary>The move of one context: from its file, which is only read, to its store on a server, and what becomes documents to MongoDB.</summary>
internal sealed class StoreMove : IDisposable
{
    // What each store makes for itself, and relay_positions, which are not the file's where it never had a relay; see DataMove.
    private static readonly string[] NotMoved = ["schema_migrations", "store_writer", "leases", "relay_positions"];

    private readonly DbConnection _source;
    private readonly List<ITableMove> _tables;

    private StoreMove(string file, DbConnection source, Database target, IReadOnlyCollection<DocumentTable> elsewhere, DocumentDatabase? documents)
    {
        _source = source;
        Target = target;
        var names = Here();
        var there = There();
        if (!names.SequenceEqual(there))
        {
            var different = string.Join(", ", names.Union(there).Except(names.Intersect(there)));
            throw new StartupException($"The tables of {file} and of {target.Engine.Place} are not the same: {different}.");
        }
        _tables = names.ConvertAll<ITableMove>(name => elsewhere.FirstOrDefault(table => table.Store == target.Name && table.Table == name) is { } table
            ? new DocumentMove(table, file, source, documents!)
            : new TableMove(name, file, source, target));
    }

    public Database Target { get; }

    /// <param name="elsewhere">The tables, of all contexts, whose rows become documents.</param>
    /// <param name="documents">Where they go, if there are any.</param>
    /// <exception cref="StartupException">There is no such file, it is damaged, or its schema or tables are not what this program moves.</exception>
    public static StoreMove Open(string folder, Database target, IReadOnlyCollection<DocumentTable> elsewhere, DocumentDatabase? documents)
    {
        var file = Path.Combine(folder, $"{target.Name}.db");
        if (!File.Exists(file)) throw new StartupException($"There is no {file}.");
        var engine = new SqliteEngine(file);
        engine.Verify();
        var source = engine.OpenReaderNow();
        try
        {
            Migrator.RequireNewest(engine, source, target.Migrations);
            return new StoreMove(file, source, target, elsewhere, documents);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>How far each table is. What the target has must be the first rows of the file's.</summary>
    /// <exception cref="StartupException">It has others.</exception>
    public List<MovedTable> Compare(CancellationToken ct) => _tables.ConvertAll(table => table.Compare(ct));

    /// <summary>Brings over what is missing; to be called after <see cref="Compare"/>.</summary>
    public async Task Copy(Action<MovedTable> progress, CancellationToken ct)
    {
        foreach (var table in _tables) await table.Copy(progress, ct);
        // The next event takes the position behind the last one, which came with the rest. The server would go over its whole outbox to find it.
        var last = _source.ExecuteScalar<long>("SELECT COALESCE(MAX(position), 0) FROM outbox");
        await Target.Write(session => session.Execute("UPDATE store_writer SET position = @last WHERE id = 1", new { last }));
    }

    /// <summary>How far a topic was relayed from here; null if it never was.</summary>
    public long? Relayed(string topic) =>
        _source.QueryFirstOrDefault<long?>("SELECT position FROM relay_positions WHERE topic = @topic", new { topic });

    public void Dispose() => _source.Dispose();

    private List<string> Here() => Moved(_source.Query<string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"));

    private List<string> There()
    {
        using var connection = Target.Engine.OpenReaderNow();
        // A table by turns is the server's own: only a shared store counts its transactions.
        return Moved(connection.Query<string>(
            """
            SELECT table_name FROM information_schema.tables t WHERE table_schema = DATABASE() AND NOT EXISTS (
                SELECT 1 FROM information_schema.columns c
                WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.column_name = 'turn' AND c.column_key = 'PRI')
            """));
    }

    private static List<string> Moved(IEnumerable<string> tables) => [.. tables.Except(NotMoved).Order(StringComparer.Ordinal)];
}
