using System.Text.RegularExpressions;
using BigTech.Contracts;

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

    [Fact]
    public void Every_event_is_in_the_event_storming()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture", "event-storming.md"));
        var events = typeof(IIntegrationEvent).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IIntegrationEvent)))
            .Select(type => type.Name).ToList();

        events.Count.ShouldBeGreaterThan(20);
        events.Where(name => !Regex.IsMatch(page, $@"\b{name}\b")).ShouldBeEmpty();
    }

    /// <summary>A translation that lacks a section, or asks for something else than the original, is behind it.</summary>
    [Fact]
    public void Pages_in_Korean_have_the_sections_and_the_code_of_those_in_English()
    {
        var pages = Pages().Where(page => page.EndsWith(".ko.md", StringComparison.Ordinal)).ToList();

        pages.Count.ShouldBeGreaterThan(8);
        foreach (var page in pages)
        {
            var english = page.Replace(".ko.md", ".md", StringComparison.Ordinal);
            File.Exists(english).ShouldBeTrue(english);
            var (here, there) = (File.ReadAllText(page), File.ReadAllText(english));
            Shape(here).ShouldBe(Shape(there), page);
            here.ShouldContain($"]({Path.GetFileName(english)})", customMessage: page);
            there.ShouldContain($"]({Path.GetFileName(page)})", customMessage: english);
        }
    }

    [Theory]
    [InlineData("## One\n\n## Two\n", "## 하나\n", false)]
    [InlineData("## One\n```bash\nrun\n```\n", "## 하나\n", false)]
    [InlineData("```promql\n# one\na\n```\n", "```promql\n# 하나\nb\n```\n", false)]
    [InlineData("```promql\n# one\na\n```\n", "```promql\n# 하나\na\n```\n", true)]
    [InlineData("# A\n```bash\n# one\n```\n", "# 가\n```bash\n# 하나\nrun\n```\n", true)]
    public void A_planted_page_that_is_behind_is_caught(string english, string korean, bool isLevel) =>
        Shape(korean).SequenceEqual(Shape(english)).ShouldBe(isLevel);

    /// <summary>The levels of its headings and its pieces of code, queries with their text.</summary>
    private static IEnumerable<string> Shape(string page) => HeadingOrCode().Matches(page).Select(match => match.Groups[1].Success
        ? match.Groups[1].Value
        : match.Groups[2].Value is "promql" or "logql" ? QueryComment().Replace(match.Groups[3].Value, "#") : match.Groups[2].Value);

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

    [GeneratedRegex(@"^(#+) |^```(\w*)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex HeadingOrCode();

    [GeneratedRegex("^#.*$", RegexOptions.Multiline)]
    private static partial Regex QueryComment();

    [GeneratedRegex(@"`((?:src|tests|bench|docs|deploy)/[^`]*)`")]
    private static partial Regex CodePath();
}
