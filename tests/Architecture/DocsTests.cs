using System.Text.RegularExpressions;

namespace BigTech.Tests.Architecture;

public sealed partial class DocsTests
{
    /// <summary>Decisions describe the time at which they were made, and releases what they brought.</summary>
    private static readonly string[] History = [Path.Combine("docs", "adr"), "CHANGELOG.md"];

    [Fact]
    public void Every_file_that_the_docs_name_exists()
    {
        var named = Pages().SelectMany(
            page =>
                PathsIn(File.ReadAllText(page)).Select(path => (Page: Path.GetRelativePath(Repository.Root, page), Path: path))).ToList();
        named.Count.ShouldBeGreaterThan(50);
        named.Where(name => !Exists(name.Path)).Select(name => $"{name.Page}: {name.Path}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("src/Chat/Nowhere.cs")]
    [InlineData("src/Chat/Storage/*Nowhere.cs")]
    [InlineData("tests/Nowhere/")]
    public void A_planted_missing_file_is_caught(string path)
    {
        PathsIn($"see `{path}`").ShouldBe([path]);
        Exists(path).ShouldBeFalse();
    }

    [Fact]
    public void Placeholders_and_generated_files_are_not_looked_for() =>
        PathsIn(
            "`src/<Context>/Domain/`, `src/Chat/NNNN_name.sql`, `src/Server/bin/Release`, `dotnet run --project src/Server`").ShouldBe([]);

    private static IEnumerable<string> Pages() => Directory.GetFiles(Repository.Root, "*.md")
        .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
        .Where(page => !History.Any(history => Path.GetRelativePath(Repository.Root, page).StartsWith(history, StringComparison.Ordinal)));

    private static IEnumerable<string> PathsIn(string text) => CodePath().Matches(text).Select(match => match.Groups[1].Value)
        .Where(path => !path.Contains('<') && !path.Contains("NNNN") && !path.Contains("/bin/") && !path.Contains(' '));

    private static bool Exists(string path)
    {
        var full = Path.Combine(Repository.Root, path);
        if (!path.Contains('*')) return File.Exists(full) || Directory.Exists(full);
        var folder = Path.GetDirectoryName(full)!;
        return Directory.Exists(folder) && Directory.GetFiles(folder, Path.GetFileName(full)).Length > 0;
    }

    [GeneratedRegex(@"`((?:src|tests|bench|docs|deploy)/[^`]*)`")]
    private static partial Regex CodePath();
}
