using System.Text;
using BigTech.BuildingBlocks.Core;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class DisplayTextTests
{
    [Theory]
    [InlineData("김민지")]
    [InlineData("Zoë O’Brien-Núñez")]
    [InlineData("日本語・テスト")]
    [InlineData("👨‍👩‍👧")]
    [InlineData("👩🏽‍🚀")]
    [InlineData("❤️‍🔥 🏳️‍🌈")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F")]
    [InlineData("می\u200Cخواهم")]
    [InlineData("क्\u200Dष")]
    [InlineData("שלום\u200F (1)")]
    [InlineData("Straße, ΣΊΣΥΦΟΣ, İstanbul")]
    [InlineData("❤️ ☎︎ 1️⃣ #️⃣ ©️ ‼️ 🙂‍↔️ 🧔🏽‍♂️ 🇰🇷")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F!")]
    [InlineData("\u1100\u1175\u11B7\u1106\u1175\u11AB\u110C\u1175")]
    [InlineData("น้ำ ที่ ผู้")]
    [InlineData("Nguye\u0302\u0303n Thi\u0323\u0302")]
    [InlineData("בְּרֵאשִׁ֖ית")]
    [InlineData("श्रीमान् क्ष्म्य")]
    [InlineData("ཧྐྵྨླྺྼྻྂ")]
    [InlineData("ᠮᠣᠩᠭᠤᠯ\u180B ᠠ\u180Eᠠ")]
    [InlineData("\u0601١٢")]
    public void What_scripts_and_emoji_need_may_stay(string text) => DisplayText.ProblemOf(text, isOneLine: true).ShouldBeNull();

    [Theory]
    [InlineData("\u202Egnp.exe")]
    [InlineData("a\u202Ab")]
    [InlineData("a\u2066b\u2069")]
    [InlineData("ad\u200Bmin")]
    [InlineData("ad\u200Dmin")]
    [InlineData("ad\u200Cmin")]
    [InlineData("김\u200D민지")]
    [InlineData("a\u2060b")]
    [InlineData("\uFEFFadmin")]
    [InlineData("ad\u00ADmin")]
    [InlineData("a\u3164b")]
    [InlineData("\u200D👩")]
    [InlineData("👩\u200D")]
    [InlineData("a\U000E0067\U000E007F")]
    [InlineData("Ann\u034F")]
    [InlineData("Ann\uFE0F")]
    [InlineData("1\uFE0F")]
    [InlineData("❤\uFE0F\uFE0F")]
    [InlineData("❤\uFE00")]
    [InlineData("葛\U000E0100")]
    [InlineData("Ann\U000E0100")]
    [InlineData("Ann\u180B")]
    [InlineData("Ann\u17B4")]
    [InlineData("Ann\u2800")]
    [InlineData("Ann\U0001D159")]
    [InlineData("Ann\u2065")]
    [InlineData("Ann\u200E")]
    [InlineData("Ann\u200F")]
    [InlineData("Ann\u061C")]
    [InlineData("שלום\u200F")]
    [InlineData("שלו\u200Fם")]
    [InlineData("+\u200D+")]
    [InlineData("क\u200D\u17B4")]
    [InlineData("🏴\U000E0068\U000E0069\U000E007F")]
    [InlineData("🏴\U000E0067\U000E0062")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F\U000E0068")]
    public void What_hides_something_or_turns_the_direction_may_not(string text) =>
        DisplayText.ProblemOf(text, isOneLine: false).ShouldNotBeNull().ShouldContain("invisible");

    [Theory]
    [InlineData("a\u2028b")]
    [InlineData("a\u2029b")]
    [InlineData("a\0b")]
    [InlineData("a\u001Bb")]
    [InlineData("a\u0085b")]
    public void A_control_character_and_another_end_of_a_line_may_not(string text) =>
        DisplayText.ProblemOf(text, isOneLine: false).ShouldBe("Must not contain control characters.");

    [Fact]
    public void A_pile_of_marks_may_not_cover_the_lines_around()
    {
        DisplayText.ProblemOf("a" + new string('\u0335', 10), isOneLine: true).ShouldBeNull();
        DisplayText.ProblemOf("a" + new string('\u0335', 11), isOneLine: true).ShouldNotBeNull().ShouldContain("marks");
        DisplayText.ProblemOf("क" + string.Concat(Enumerable.Repeat("\u0951\u200D", 90)) + "क", isOneLine: true).ShouldNotBeNull();
    }

    [Fact]
    public void One_list_says_what_is_invisible()
    {
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.IsValid(value) || Rune.IsWhiteSpace(new Rune(value))) continue;
            var rune = new Rune(value);
            if (!TextValidation.IsBlank(rune.ToString())) continue;
            DisplayText.ProblemOf($"Ann{rune}", isOneLine: true).ShouldNotBeNull($"U+{value:X4}");
        }
    }

    [Fact]
    public void A_text_of_a_machine_is_shown_without_what_hides_or_turns()
    {
        DisplayText.Clean("Phone\e[31m/1.0 \u202E\u200B(한국어) ❤\uFE0F").ShouldBe("Phone[31m/1.0 (한국어) ❤");
        DisplayText.Clean($"a{(char)0xD800}{(char)0xFFFE}\u2028b").ShouldBe("a\uFFFDb");
    }

    [Fact]
    public void Lines_depend_on_the_field()
    {
        DisplayText.ProblemOf("one\r\ntwo\t3", isOneLine: false).ShouldBeNull();
        DisplayText.ProblemOf("one\ntwo", isOneLine: true).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(0xFDD0)]
    [InlineData(0xFFFF)]
    [InlineData(0x1FFFE)]
    [InlineData(0x10FFFF)]
    public void A_code_point_that_is_no_character_may_not(int value) =>
        DisplayText.ProblemOf($"a{new Rune(value)}b", isOneLine: true).ShouldNotBeNull();

    [Theory]
    [InlineData(0xD83D)]
    [InlineData(0xFFFE)]
    public void What_cannot_be_normalized_may_not_and_stops_nothing(int value)
    {
        var text = $"a{(char)value}b";

        DisplayText.Normalize(text).ShouldBe(text);
        DisplayText.ProblemOf(text, isOneLine: true).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("\u1100\u1175\u11B7\u1106\u1175\u11AB", "김민")]
    [InlineData("e\u0301", "é")]
    [InlineData("Å", "Å")]
    [InlineData("①", "①")]
    [InlineData("Ａ", "Ａ")]
    public void Equal_texts_get_equal_characters_and_keep_their_looks(string typed, string stored) =>
        DisplayText.Normalize(typed).ShouldBe(stored);
}
