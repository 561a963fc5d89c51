using System.Text.RegularExpressions;

namespace BigTech.Tests.Architecture;

/// <summary>Links between the pages of the docs, as GitHub follows them.</summary>
public sealed partial class DocsLinkTests
{
    private static readonly string[] Folders = ["docs", "bench", "deploy"];

    [Fact]
    public void Every_link_leads_to_a_file_and_to_a_heading_that_exist()
    {
        var broken = new List<string>();
        var followed = 0;
        foreach (var page in Pages())
        {
            foreach (var target in TargetsIn(File.ReadAllText(page)))
            {
                followed++;
                if (!LeadsSomewhere(page, target)) broken.Add($"{Path.GetRelativePath(Repository.Root, page)}: {target}");
            }
        }

        followed.ShouldBeGreaterThan(500);
        broken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[a](nowhere.md)")]
    [InlineData("[a](README.md#nothing-of-this-name)")]
    [InlineData("[a](#nothing-of-this-name)")]
    public void A_planted_broken_link_is_caught(string text) =>
        LeadsSomewhere(Path.Combine(Repository.Root, "README.md"), TargetsIn(text).ShouldHaveSingleItem()).ShouldBeFalse();

    [Theory]
    [InlineData("## The secret", "the-secret")]
    [InlineData("### 0064 to 0068: Maintained drivers, before and after", "0064-to-0068-maintained-drivers-before-and-after")]
    [InlineData("## `GET /users` & co", "get-users--co")]
    [InlineData("## 백업과 복원", "백업과-복원")]
    public void An_anchor_is_made_as_GitHub_makes_it(string heading, string anchor) => AnchorsIn(heading).ShouldBe([anchor]);

    private static IEnumerable<string> Pages() => Directory.GetFiles(Repository.Root, "*.md")
        .Concat(Folders.SelectMany(folder =>
            Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories)));

    private static IEnumerable<string> TargetsIn(string text) => Link().Matches(Code().Replace(text, ""))
        .Select(match => match.Groups[1].Value)
        .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    private static bool LeadsSomewhere(string page, string target)
    {
        var (path, anchor) = target.Split('#') is [var file, var heading] ? (file, heading) : (target, null);
        var full = path.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, path));
        if (!Path.Exists(full)) return false;
        return anchor is null || (File.Exists(full) && AnchorsIn(File.ReadAllText(full)).Contains(anchor));
    }

    /// <summary>Lower case, without punctuation, with hyphens for blanks; of a repeated heading with its number.</summary>
    private static List<string> AnchorsIn(string text)
    {
        var anchors = new List<string>();
        foreach (Match heading in Heading().Matches(Code().Replace(text, "")))
        {
            var words = LinkText().Replace(heading.Groups[1].Value, "$1").Trim().ToLowerInvariant();
            var anchor = Punctuation().Replace(words, "").Replace(' ', '-');
            var earlier = anchors.Count(one => one == anchor || Regex.IsMatch(one, $"^{Regex.Escape(anchor)}-[0-9]+$"));
            anchors.Add(earlier == 0 ? anchor : $"{anchor}-{earlier}");
        }
        return anchors;
    }

    [GeneratedRegex(@"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex("^#{1,6} +(.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"[^\p{L}\p{M}\p{N}\p{Pc} -]")]
    private static partial Regex Punctuation();
}
