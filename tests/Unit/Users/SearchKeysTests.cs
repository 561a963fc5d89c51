using System.Text;
using BigTech.BuildingBlocks.Core;
using BigTech.Contracts.Users;
using BigTech.Users.Domain;
using FsCheck;
using FsCheck.Fluent;

namespace BigTech.Tests.Unit.Users;

public sealed class SearchKeysTests
{
    private const string Decomposed = "\u1100\u1175\u11B7\u1106\u1175\u11AB\u110C\u1175";

    [Theory]
    // Korean while it is typed: the last consonant may belong to the next syllable.
    [InlineData("김민지", "ㄱ", MatchRank.Prefix)]
    [InlineData("김민지", "기", MatchRank.Prefix)]
    [InlineData("김민지", "김", MatchRank.Prefix)]
    [InlineData("김민지", "김ㅁ", MatchRank.Prefix)]
    [InlineData("김민지", "김미", MatchRank.Prefix)]
    [InlineData("김민지", "김민", MatchRank.Prefix)]
    [InlineData("김민지", "김민ㅈ", MatchRank.Prefix)]
    [InlineData("김민지", "김민지", MatchRank.Exact)]
    [InlineData("가그린", "각", MatchRank.Prefix)]
    [InlineData("넉시", "넋", MatchRank.Prefix)]
    [InlineData("과일", "고", MatchRank.Prefix)]
    [InlineData("김민지", "민", MatchRank.Inside)]
    [InlineData("김민지", "미", MatchRank.Inside)]
    [InlineData("김민지", "지", MatchRank.Inside)]
    [InlineData("김민지", "김민자", null)]
    [InlineData("김민지", "김지", null)]
    // Nothing begins in the middle of a syllable.
    [InlineData("김민지", "ㅣ", null)]
    [InlineData("김민지", "ㅣㅁ", null)]
    [InlineData("김민지", "ㅁ민", null)]
    [InlineData("각오", "가고", null)]
    // Initial consonants.
    [InlineData("김민지", "ㄱㅁ", MatchRank.Prefix)]
    [InlineData("김민지", "ㄱㅁㅈ", MatchRank.Exact)]
    [InlineData("김민지", "ㅁㅈ", MatchRank.Inside)]
    [InlineData("김민지", "ㄱㅈ", null)]
    [InlineData("박 영희", "ㅂㅇㅎ", MatchRank.Exact)]
    [InlineData("박영희", "ㅂ ㅇㅎ", MatchRank.Exact)]
    [InlineData("까치", "ㄲㅊ", MatchRank.Exact)]
    [InlineData("고수진", "ㄳㅈ", MatchRank.Exact)]
    [InlineData("kim 철수2", "ㅊㅅ", MatchRank.Inside)]
    [InlineData("철수 kim", "ㅊㅅ", MatchRank.Prefix)]
    [InlineData("ㅋㅋㅋ", "ㅋㅋ", MatchRank.Prefix)]
    // Forms of Unicode.
    [InlineData("김민지", Decomposed, MatchRank.Exact)]
    [InlineData(Decomposed, "김민지", MatchRank.Exact)]
    [InlineData(Decomposed, "김미", MatchRank.Prefix)]
    [InlineData("김민지", "\uFFA1\uFFDC\uFFB1", MatchRank.Prefix)]
    [InlineData("José", "Jose\u0301", MatchRank.Exact)]
    [InlineData("Zoe\u0308", "zoë", MatchRank.Exact)]
    // Width.
    [InlineData("Ｋｉｍ１２", "kim12", MatchRank.Exact)]
    [InlineData("kim12", "ＫＩＭ", MatchRank.Prefix)]
    [InlineData("ｶﾞﾝﾀﾞﾑ", "ガンダム", MatchRank.Exact)]
    [InlineData("ガンダム", "がんだむ", MatchRank.Exact)]
    [InlineData("ガンダム", "か", MatchRank.Prefix)]
    // Case, and letters that have more than one form.
    [InlineData("ΟΔΥΣΣΕΑΣ", "οδυσσεας", MatchRank.Exact)]
    [InlineData("Οδυσσέας", "ΟΔΥΣΣΕΑΣ", MatchRank.Exact)]
    [InlineData("Νίκος Παππάς", "νικοσ π", MatchRank.Prefix)]
    [InlineData("İstanbul", "istanbul", MatchRank.Exact)]
    [InlineData("IŞIK", "ışık", MatchRank.Exact)]
    [InlineData("Işık", "isik", MatchRank.Exact)]
    [InlineData("Strauß", "STRAUSS", MatchRank.Exact)]
    [InlineData("STRAUẞ", "strauß", MatchRank.Exact)]
    [InlineData("Łukasz", "lukasz", MatchRank.Exact)]
    [InlineData("Søren Ærø", "soren aero", MatchRank.Exact)]
    [InlineData("ﬁona", "FIONA", MatchRank.Exact)]
    [InlineData("Ольга", "ОЛЬГА", MatchRank.Exact)]
    [InlineData("Пётр", "петр", MatchRank.Exact)]
    [InlineData("O'Neil", "O’NEIL", MatchRank.Exact)]
    // Blanks.
    [InlineData("김 민지", "김민지", MatchRank.Exact)]
    [InlineData("김민지", "김 민지", MatchRank.Exact)]
    [InlineData("김\u3000민지", "김민", MatchRank.Prefix)]
    [InlineData("Kim  Min", " kim\u00A0min ", MatchRank.Exact)]
    [InlineData("김민지", "김\u3164민지", MatchRank.Exact)]
    // Scripts whose marks are letters, and those whose marks are left out; joiners.
    [InlineData("हिन्दी", "हिन्दी", MatchRank.Exact)]
    [InlineData("हिन्दी", "हि", MatchRank.Prefix)]
    [InlineData("हिन्दी", "हा", null)]
    [InlineData("क्\u200Dष", "क्ष", MatchRank.Exact)]
    [InlineData("می\u200Cخواهم", "میخواهم", MatchRank.Exact)]
    [InlineData("مُحَمَّد", "محمد", MatchRank.Exact)]
    [InlineData("أحمد", "احمد", MatchRank.Exact)]
    [InlineData("محـــمد", "محمد", MatchRank.Exact)]
    [InlineData("สมชาย", "สมช", MatchRank.Prefix)]
    [InlineData("小林", "林", MatchRank.Inside)]
    [InlineData("👨\u200D👩\u200D👧", "👨👩👧", MatchRank.Exact)]
    [InlineData("Minji ❤\uFE0F", "❤", MatchRank.Inside)]
    [InlineData("𠮷野家", "𠮷", MatchRank.Prefix)]
    [InlineData("𐐔𐐯𐑅", "𐐼𐐯𐑅", MatchRank.Exact)]
    // Nothing to compare.
    [InlineData("김민지", "", null)]
    [InlineData("김민지", " \u3000", null)]
    [InlineData("김민지", "\u0301", null)]
    [InlineData("김민지", "\uD800", null)]
    [InlineData("김민지", "\uFFFE\uFFFF", null)]
    public void A_name_matches_what_is_typed_for_it_in_any_form(string name, string text, MatchRank? expected) =>
        RankOf(name, text).ShouldBe(expected);

    [Theory]
    [InlineData("hongkildong", "HONG", MatchRank.Prefix)]
    [InlineData("kil_dong", "dong", MatchRank.Inside)]
    [InlineData("kil_dong", "kildong", null)]
    public void Usernames_are_compared_in_the_same_way(string username, string text, MatchRank? expected) =>
        (SearchKeys.MatchOf(SearchKeys.TermsOf(username, "홍길동"), SearchKeys.Of(text))?.Rank).ShouldBe(expected);

    [Fact]
    public void The_better_of_two_names_counts() =>
        SearchKeys.MatchOf(SearchKeys.TermsOf("my_minji", "Minji"), SearchKeys.Of("minji"))
            .ShouldBe(new SearchMatch(MatchRank.Exact, "minji"));

    /// <summary>Types names key by key, as the two-set keyboard does, and looks at what the screen shows after each.</summary>
    [Fact]
    public void A_name_is_found_by_all_that_its_typing_shows()
    {
        var names = from syllables in Gen.Choose('가', '힣').NonEmptyListOf()
                    from start in Gen.Choose(0, syllables.Count - 1)
                    select (Name: string.Concat(syllables.Select(syllable => (char)syllable)), start);
        Prop.ForAll(names.ToArbitrary(), given =>
        {
            var (text, typed) = (given.Name[given.start..], new TwoSetKeyboard());
            foreach (var key in TwoSetKeyboard.KeysOf(text))
            {
                typed.Press(key);
                RankOf(given.Name, typed.Shown).ShouldNotBeNull($"'{typed.Shown}' on the way to '{text}' in '{given.Name}'");
            }
            typed.Shown.ShouldBe(text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Every_text_is_found_by_itself_in_other_forms_or_has_nothing_to_compare() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<string>().Select(text => text ?? "").ToArbitrary(), text =>
        {
            if (SearchKeys.Of(text).Length == 0) return;
            RankOf(text, text).ShouldBe(MatchRank.Exact);
            RankOf($" {text}\u3000", text).ShouldBe(MatchRank.Exact);
            if (DisplayText.ProblemOf(text, isOneLine: true) is not null) return;
            foreach (var form in Enum.GetValues<NormalizationForm>()) RankOf(text, text.Normalize(form)).ShouldBe(MatchRank.Exact);
            RankOf(text, text.ToUpperInvariant()).ShouldBe(MatchRank.Exact);
            RankOf(text, text.ToLowerInvariant()).ShouldBe(MatchRank.Exact);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void A_long_name_has_bounded_terms_and_is_found_by_its_first_keys()
    {
        var name = new string('\uFDFA', 50) + "😀😀";
        var terms = SearchKeys.TermsOf("kim", name);
        terms.Count.ShouldBeLessThanOrEqualTo(210);
        terms.ShouldAllBe(term => term.Text.Length <= SearchKeys.MaxLength);
        SearchKeys.MatchOf(terms, SearchKeys.Of(name))!.Value.Rank.ShouldBe(MatchRank.Exact);

        var emoji = string.Concat(Enumerable.Repeat("😀", 100));
        SearchKeys.Of("x" + emoji).Length.ShouldBe(SearchKeys.MaxLength - 1, "no half of a character");
        RankOf("x" + emoji, "x" + emoji).ShouldBe(MatchRank.Exact);
    }

    private static MatchRank? RankOf(string name, string text) =>
        SearchKeys.MatchOf(SearchKeys.TermsOf("\u2603", name), SearchKeys.Of(text))?.Rank;
}
