using System.Reflection;
using System.Text;

namespace BigTech.Tests.Integration.Sql;

/// <summary>An assembly that is nothing but migrations, as a context's is to the store.</summary>
internal sealed class Migrations(params (string File, string Sql)[] files) : Assembly
{
    public static Migrations None { get; } = new();

    /// <summary>One table to write to.</summary>
    public static Migrations Things { get; } =
        new(("0001_things.sql", "CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);"));

    public override string[] GetManifestResourceNames() => [.. files.Select(file => Resource(file.File))];

    public override Stream? GetManifestResourceStream(string name) =>
        files.Where(file => Resource(file.File) == name).Select(file => new MemoryStream(Encoding.UTF8.GetBytes(file.Sql))).FirstOrDefault();

    private static string Resource(string file) => $"Test.Storage.Migrations.{file}";
}
