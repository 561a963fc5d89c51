using System.Globalization;
using System.Text.RegularExpressions;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

/// <summary>The changelog, by the rules of https://keepachangelog.com.</summary>
internal static partial class Changelog
{
    public static readonly string Path = System.IO.Path.Combine(Repository.Root, "CHANGELOG.md");

    private static readonly string[] Kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

    /// <summary>What is wrong with its headings.</summary>
    /// <param name="version">That of the sources.</param>
    public static IEnumerable<string> Faults(string text, string version)
    {
        var sections = SectionStart().Split(text).Skip(1).ToList();
        var headings = sections.ConvertAll(section => section.Split('\n')[0]);
        if (headings.FirstOrDefault() != "[Unreleased]") yield return "It does not begin with [Unreleased].";
        Version? newerVersion = null;
        DateOnly? newerDate = null;
        foreach (var heading in headings.Skip(1))
        {
            var parts = Dated().Match(heading);
            if (!DateOnly.TryParseExact(
                parts.Groups[2].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                yield return $"'{heading}' is no version with its date.";
                continue;
            }
            var own = new Version(parts.Groups[1].Value);
            if (newerVersion is not null && own >= newerVersion) yield return $"{own} stands under {newerVersion}.";
            if (newerDate < date) yield return $"{own} is younger than {newerVersion}.";
            if (own > new Version(version.Split('-')[0])) yield return $"{own} is released, and the sources are {version}.";
            (newerVersion, newerDate) = (own, date);
        }
        foreach (var (heading, section) in headings.Zip(sections))
        {
            var kinds = Kind().Matches(section).Select(match => match.Groups[1].Value).ToList();
            foreach (var other in kinds.Except(Kinds)) yield return $"{heading}: '{other}' is no kind of change.";
            if (kinds.Distinct().Count() < kinds.Count) yield return $"{heading}: a kind of change stands twice.";
            if (kinds.Count == 0 && heading != "[Unreleased]") yield return $"{heading}: nothing has changed.";
        }
    }

    [GeneratedRegex("^## ", RegexOptions.Multiline)]
    private static partial Regex SectionStart();

    [GeneratedRegex(@"^\[(\d+\.\d+\.\d+)(?:-[\w.]+)?\] - (\d{4}-\d\d-\d\d)$")]
    private static partial Regex Dated();

    [GeneratedRegex("^### (.+)$", RegexOptions.Multiline)]
    private static partial Regex Kind();
}

public sealed class ChangelogTests
{
    private const string Good = """
        # Changelog

        ## [Unreleased]

        ## [0.2.0] - 2026-12-01

        ### Added

        - rooms

        ## [0.1.0] - 2026-11-01

        ### Fixed

        - users

        """;

    [Fact]
    public async Task It_has_the_headings_of_Keep_a_Changelog() =>
        Changelog.Faults(File.ReadAllText(Changelog.Path), (await Tool.Run("build/version.sh")).ShouldSucceed().Trim()).ShouldBeEmpty();

    [Theory]
    [InlineData("## [Unreleased]\n", "", "begin with [Unreleased]")]
    [InlineData("2026-12-01", "2026-12-32", "no version with its date")]
    [InlineData("[0.1.0] - ", "[0.1.0] ", "no version with its date")]
    [InlineData("[0.1.0]", "[0.3.0]", "0.3.0 stands under 0.2.0")]
    [InlineData("2026-11-01", "2026-12-24", "0.1.0 is younger than 0.2.0")]
    [InlineData("[0.2.0]", "[0.2.1]", "the sources are 0.2.0")]
    [InlineData("### Fixed", "### Repaired", "'Repaired' is no kind of change")]
    [InlineData("### Fixed\n", "", "nothing has changed")]
    public void A_planted_fault_is_caught(string text, string fault, string message)
    {
        var planted = Good.Replace(text, fault, StringComparison.Ordinal);

        Changelog.Faults(Good, "0.2.0").ShouldBeEmpty();
        planted.ShouldNotBe(Good);
        Changelog.Faults(planted, "0.2.0").ShouldContain(found => found.Contains(message, StringComparison.Ordinal));
    }
}
