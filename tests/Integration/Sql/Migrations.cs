using System.Reflection;
using System.Text;
using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Tests.Integration.Sql;

/// <summary>An assembly that contains only migrations; the store sees it as a context's.</summary>
internal sealed class Migrations(params (string File, DialectSql Sql)[] files) : Assembly
{
    /// <param name="files">Statements that every engine understands.</param>
    public Migrations(params (string File, string Sql)[] files)
        : this([.. files.Select(file => (file.File, new DialectSql(file.Sql, file.Sql)))])
    {
    }

    public static Migrations None { get; } = new(Array.Empty<(string, DialectSql)>());

    /// <summary>One table for writes.</summary>
    public static Migrations Things { get; } = new(("0001_things.sql", new DialectSql(
        Sqlite: "CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);",
        MySql: "CREATE TABLE things (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(700) NOT NULL UNIQUE);")));

    public override string[] GetManifestResourceNames() => [.. Resources().Select(resource => resource.Name)];

    public override Stream? GetManifestResourceStream(string name) =>
        Resources().Where(resource => resource.Name == name)
            .Select(resource => new MemoryStream(Encoding.UTF8.GetBytes(resource.Sql))).FirstOrDefault();

    private IEnumerable<(string Name, string Sql)> Resources() => files.SelectMany(file => new[]
    {
        ($"Test.Storage.Migrations.{file.File}", file.Sql.Sqlite), ($"Test.Storage.Migrations.MySql.{file.File}", file.Sql.MySql),
    });
}
