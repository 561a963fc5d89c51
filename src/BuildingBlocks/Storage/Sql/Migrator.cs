using System.Data.Common;
using System.Reflection;
using Dapper;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>
/// Brings a store to the schema of this program: numbered SQL files, forward only, each applied once and under a lock. The building
/// blocks' own tables (outbox, offsets, dead letters) are a separate series in every store, and every engine has its own files and numbers.
/// </summary>
internal static class Migrator
{
    private static readonly DialectSql CreateSql = new(
        Sqlite: """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                series TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, applied_at INTEGER NOT NULL,
                PRIMARY KEY (series, number))
            """,
        MySql: """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                series VARCHAR(20) NOT NULL, number BIGINT NOT NULL, name VARCHAR(200) NOT NULL, applied_at BIGINT NOT NULL,
                PRIMARY KEY (series, number)) ENGINE = InnoDB
            """);

    private sealed record Migration(string Series, int Number, string Name, string Sql);

    public static void Migrate(SqlEngine engine, DbConnection connection, Assembly context, TimeProvider time)
    {
        engine.Migrate(connection, () => connection.Execute(engine.Choose(CreateSql)));
        foreach (var series in AllSeries(engine, context)) engine.Migrate(connection, () => Apply(engine, connection, series, time));
    }

    /// <summary>For a store that is only read.</summary>
    /// <exception cref="StartupException">Its schema is not that of this program.</exception>
    public static void RequireNewest(SqlEngine engine, DbConnection connection, Assembly context)
    {
        foreach (var series in AllSeries(engine, context))
        {
            if (Current(connection, engine.Place, series) == series[^1].Number) continue;
            throw new StartupException(
                $"The database {engine.Place} was written by an older version of this program. Start the server on it once.");
        }
    }

    private static IEnumerable<List<Migration>> AllSeries(SqlEngine engine, Assembly context)
    {
        List<Migration>[] all = [Find(engine, typeof(Migrator).Assembly, "platform"), Find(engine, context, "context")];
        return all.Where(series => series.Count > 0);
    }

    private static void Apply(SqlEngine engine, DbConnection connection, List<Migration> migrations, TimeProvider time)
    {
        var current = Current(connection, engine.Place, migrations);
        foreach (var migration in migrations.Where(m => m.Number > current))
        {
            try
            {
                connection.Execute(migration.Sql);
            }
            catch (DbException error) when (engine.IsAlreadyApplied(error))
            {
                // The last statement of the file; an earlier run has applied it.
            }
            connection.Execute(
                "INSERT INTO schema_migrations (series, number, name, applied_at) VALUES (@Series, @Number, @Name, @at)",
                new { migration.Series, migration.Number, migration.Name, at = time.GetUtcNow().ToDb() });
        }
    }

    /// <summary>The number of the last applied migration of a series.</summary>
    private static int Current(DbConnection connection, string place, List<Migration> migrations)
    {
        var series = migrations[0].Series;
        var current = connection.ExecuteScalar<int>(
            "SELECT COALESCE(MAX(number), 0) FROM schema_migrations WHERE series = @series", new { series });
        var newest = migrations[^1].Number;
        if (current <= newest) return current;
        throw new StartupException(
            $"The database {place} was written by a newer version of this program (its schema is {current}, this program knows {newest}).");
    }

    private static List<Migration> Find(SqlEngine engine, Assembly assembly, string series)
    {
        const string extension = ".sql";
        var folder = engine.MigrationFolder;
        return assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(extension, StringComparison.Ordinal))
            .Select(name => (Resource: name, File: FileIn(folder, name[..^extension.Length])))
            .Where(found => found.File is not null)
            .Select(found => Load(assembly, found.Resource, series, found.File!))
            .OrderBy(migration => migration.Number)
            .ToList();
    }

    /// <summary>The name of a file in a folder, which starts with its number; null for files elsewhere or in subfolders.</summary>
    private static string? FileIn(string folder, string resource)
    {
        var place = resource.IndexOf(folder, StringComparison.Ordinal);
        if (place < 0) return null;
        var file = resource[(place + folder.Length)..];
        return char.IsAsciiDigit(file[0]) ? file : null;
    }

    private static Migration Load(Assembly assembly, string resource, string series, string file)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var number = int.Parse(file.AsSpan(0, file.IndexOf('_', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        return new Migration(series, number, file, reader.ReadToEnd());
    }
}
