using System.Text.RegularExpressions;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

public sealed partial class KnownSettingsTests
{
    private static readonly string Pages = string.Concat(
        Directory.GetFiles(Path.Combine(Repository.Root, "docs", "operations"), "*.md").Select(File.ReadAllText));

    [Fact]
    public void Every_setting_of_the_program_is_in_the_docs()
    {
        KnownSettings.Variables.Count.ShouldBeGreaterThan(50);
        KnownSettings.Variables.Where(name => !IsInTheDocs(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_setting_in_the_docs_is_one_of_the_program()
    {
        var named = Setting().Matches(Pages).Select(match => "BIGTECH_" + match.Groups[1].Value)
            .Distinct().Except(["BIGTECH_Section__Name"]).ToList();

        named.Count.ShouldBeGreaterThan(50);
        KnownSettings.UnknownAmong(named).ShouldBeEmpty();
    }

    [Fact]
    public void An_unknown_name_is_caught() =>
        KnownSettings.UnknownAmong(["BIGTECH_Chat__SendsPerMinute", "BIGTECH_Chat__SendsPerMinut", "BIGTECH_DATADIR", "PATH"])
            .ShouldBe(["BIGTECH_Chat__SendsPerMinut", "BIGTECH_DATADIR"]);

    /// <summary>With its prefix or, as in the tables, without it.</summary>
    private static bool IsInTheDocs(string name) => Pages.Contains($"`{name}`") || Pages.Contains($"`{name["BIGTECH_".Length..]}`");

    [GeneratedRegex("(?:`|BIGTECH_)([A-Z][A-Za-z]+__[A-Z][A-Za-z]+)\\b")]
    private static partial Regex Setting();
}
