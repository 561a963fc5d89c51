namespace BigTech.Tests.Architecture;

/// <summary>A file that has become long is split by subject.</summary>
public sealed class FileLengthTests
{
    private const int MaxLines = 400;

    private static readonly string[] Folders = ["src", "tests", "bench"];

    [Fact]
    public void No_file_has_more_lines_than_the_limit()
    {
        var files = Folders.SelectMany(
            folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !IsGenerated(file))
            .ToList();

        files.Count.ShouldBeGreaterThan(600);
        files.Where(file => IsTooLong(File.ReadLines(Path.Combine(Repository.Root, file)))).ShouldBeEmpty();
    }

    [Fact]
    public void The_rule_finds_one_line_too_many()
    {
        IsTooLong(Enumerable.Repeat("", MaxLines)).ShouldBeFalse();
        IsTooLong(Enumerable.Repeat("", MaxLines + 1)).ShouldBeTrue();
    }

    private static bool IsGenerated(string file) => file.Split('/').Any(part => part is "obj" or "bin");

    private static bool IsTooLong(IEnumerable<string> lines) => lines.Count() > MaxLines;
}
