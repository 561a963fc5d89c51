namespace BigTech.Tests.Architecture;

/// <summary>The C# files of the product, its tests and its benchmarks, without generated ones.</summary>
internal static class SourceFiles
{
    private static readonly string[] Folders = ["src", "tests", "bench"];

    /// <summary>Their paths from the root of the repository, with slashes.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Folders
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
        .Where(file => !file.Split('/').Any(part => part is "obj" or "bin"))];

    public static string[] LinesOf(string file) => File.ReadAllLines(Path.Combine(Repository.Root, file));

    public static string TextOf(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));
}
