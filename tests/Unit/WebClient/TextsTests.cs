using System.Reflection;
using System.Text.RegularExpressions;
using BigTech.Chat.Client;
using BigTech.Tests.Testing;
using BigTech.WebClient.State;

namespace BigTech.Tests.Unit.WebClient;

/// <summary>Every text of the web client is there in every language, and none is left over.</summary>
public sealed partial class TextsTests
{
    private static readonly string Source = string.Concat(
        from pattern in new[] { "*.razor", "*.cs" }
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "WebClient"), pattern, SearchOption.AllDirectories)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        select File.ReadAllText(file));

    private static readonly Dictionary<string, string> English = Texts.Load(Texts.English), Korean = Texts.Load(Texts.Korean);

    [Fact]
    public void All_languages_have_the_same_texts()
    {
        Korean.Keys.Order().ShouldBe(English.Keys.Order());
        English.Where(text => Values(text.Value) != Values(Korean[text.Key])).ShouldBeEmpty("the same values in each language");
        English.Concat(Korean).Where(text => string.IsNullOrWhiteSpace(text.Value)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_text_that_is_asked_for_is_there()
    {
        var asked = Key().Matches(Source).Select(match => match.Groups[1].Value)
            .Concat(Sets().SelectMany(set => set.Values.Select(value => $"{set.Prefix}.{value}"))).ToHashSet();

        asked.Count.ShouldBeGreaterThan(100);
        asked.Except(English.Keys).ShouldBeEmpty();
    }

    [Fact]
    public void Every_text_that_is_there_is_asked_for()
    {
        var asked = Key().Matches(Source).Select(match => match.Groups[1].Value).ToHashSet();
        var prefixes = Prefix().Matches(Source).Select(match => match.Groups[1].Value).ToHashSet();

        English.Keys.Where(key => !asked.Contains(key) && !prefixes.Contains(key.Split('.')[0])).ShouldBeEmpty();
    }

    /// <summary>What a user may meet: the refusals of the table in the documents that are no faults of a program.</summary>
    [Fact]
    public void Every_refusal_that_a_user_can_meet_is_explained()
    {
        var codes = File.ReadLines(Path.Combine(Repository.Root, "docs", "architecture", "errors.md"))
            .Where(line => Refusal().IsMatch(line))
            .SelectMany(line => Code().Matches(line.Split('|')[2]).Select(match => match.Groups[1].Value)).ToList();

        codes.Count.ShouldBeGreaterThan(30);
        codes.Where(code => !English.ContainsKey($"error.{code}")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ko-KR,ko,en-US", "ko")]
    [InlineData("fr-FR,en-GB", "en")]
    [InlineData("fr", "en")]
    [InlineData("", "en")]
    public void The_first_language_that_is_known_is_taken(string preferred, string language) =>
        Texts.Preferred(preferred).ShouldBe(language);

    /// <summary>What stands behind a prefix: the closed sets of the API.</summary>
    private static IEnumerable<(string Prefix, IEnumerable<string> Values)> Sets() =>
    [
        ("audience", ConstantsOf(typeof(Audience))), ("kind", ConstantsOf(typeof(NotificationKinds))),
        ("role", ConstantsOf(typeof(MemberRoles))), ("theme", ["system", "light", "dark"]),
    ];

    private static IEnumerable<string> ConstantsOf(Type set) =>
        set.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!);

    private static string Values(string text) => string.Concat(Value().Matches(text).Select(match => match.Value).Order());

    [GeneratedRegex("""(?<=\[[^\]\n]*)"([a-z_]+\.[a-z_]+|badge|cancel|close|copy|loading|more|save)"(?=[^\[\n]*\])""")]
    private static partial Regex Key();

    [GeneratedRegex("""\$"([a-z]+)\.\{""")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"^\| (403|404|409) ")]
    private static partial Regex Refusal();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Value();
}
