using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace BigTech.Platform.Sql;

/// <summary>
/// Brings a store to the schema that this program knows: numbered SQL files, forward only, each applied once and in one transaction.
/// The platform's own tables (outbox, offsets, dead letters) are a series of their own in every store.
/// </summary>
internal static class Migrator
{
    private sealed record Migration(string Series, int Number, string Name, string Sql);

    public static void Migrate(DbConnection connection, string path, Assembly context, TimeProvider time)
    {
        connection.Execute("""
            CREATE TABLE IF NOT EXISTS schema_migrations (
                series TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, applied_at INTEGER NOT NULL,
                PRIMARY KEY (series, number))
            """);
        Apply(connection, path, Find(typeof(Migrator).Assembly, "platform"), time);
        Apply(connection, path, Find(context, "context"), time);
    }

    private static void Apply(DbConnection connection, string path, List<Migration> migrations, TimeProvider time)
    {
        if (migrations.Count == 0) return;
        connection.Execute("BEGIN EXCLUSIVE");
        try
        {
            var series = migrations[0].Series;
            var current = connection.ExecuteScalar<int>("SELECT COALESCE(MAX(number), 0) FROM schema_migrations WHERE series = @series", new { series });
            var newest = migrations[^1].Number;
            if (current > newest)
            {
                throw new StartupException(
                    $"The database {path} was written by a newer version of this program (its schema is {current}, this program knows {newest}).");
            }
            foreach (var migration in migrations.Where(m => m.Number > current))
            {
                connection.Execute(migration.Sql);
                connection.Execute(
                    "INSERT INTO schema_migrations (series, number, name, applied_at) VALUES (@Series, @Number, @Name, @at)",
                    new { migration.Series, migration.Number, migration.Name, at = time.GetUtcNow().ToDb() });
            }
            connection.Execute("COMMIT");
        }
        catch
        {
            connection.Execute("ROLLBACK");
            throw;
        }
    }

    private static List<Migration> Find(Assembly assembly, string series)
    {
        const string folder = ".Migrations.";
        return assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal) && name.Contains(folder, StringComparison.Ordinal))
            .Select(name => Load(assembly, name, series, name[(name.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..^".sql".Length]))
            .OrderBy(migration => migration.Number)
            .ToList();
    }

    private static Migration Load(Assembly assembly, string resource, string series, string file)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var number = int.Parse(file.AsSpan(0, file.IndexOf('_', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        return new Migration(series, number, file, reader.ReadToEnd());
    }
}
