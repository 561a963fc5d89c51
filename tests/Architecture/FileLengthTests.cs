namespace BigTech.Tests.Architecture;

/// <summary>A file that has become long is split by subject. A line ends where it can be read without scrolling.</summary>
public sealed class FileLengthTests
{
    private const int MaxLines = 400;
    private const int MaxColumns = 140;

    [Fact]
    public void No_file_has_more_lines_and_no_line_more_columns_than_the_limit()
    {
        SourceFiles.All.Count.ShouldBeGreaterThan(600);
        SourceFiles.All.SelectMany(file => Violations(file, SourceFiles.LinesOf(file))).ShouldBeEmpty();
    }

    [Fact]
    public void The_rule_finds_one_line_and_one_column_too_many()
    {
        Violations("Planted.cs", Enumerable.Repeat(new string('x', MaxColumns), MaxLines)).ShouldBeEmpty();
        Violations("Planted.cs", Enumerable.Repeat("", MaxLines + 1)).ShouldBe(["Planted.cs has 401 lines"]);
        // Strings that nothing can break are lines as well.
        Violations("Planted.cs", ["", new string('x', MaxColumns + 1)]).ShouldBe(["Planted.cs:2 has 141 columns"]);
    }

    private static IEnumerable<string> Violations(string file, IEnumerable<string> text)
    {
        var lines = text.ToList();
        if (lines.Count > MaxLines) yield return $"{file} has {lines.Count} lines";
        foreach (var (number, line) in lines.Index())
        {
            if (line.Length > MaxColumns) yield return $"{file}:{number + 1} has {line.Length} columns";
        }
    }
}
