using System.Globalization;
using BigTech.Notifications.Domain;

namespace BigTech.Tests.Unit.Notifications;

public sealed class PreviewTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("  two \n\t lines\r\n", "two lines")]
    [InlineData("", "")]
    [InlineData(" \n ", "")]
    public void A_short_text_is_one_line_of_itself(string text, string preview) => Preview.From(text).ShouldBe(preview);

    [Theory]
    [InlineData("a\u202Egpj.exe", "agpj.exe")]
    [InlineData("a\u2067b\u2069c", "abc")]
    [InlineData("a\u2028b\u2029c", "a b c")]
    [InlineData("a\u001B[31mb", "a[31mb")]
    public void It_changes_nothing_of_what_stands_beside_it(string text, string preview) => Preview.From(text).ShouldBe(preview);

    [Fact]
    public void A_text_that_just_fits_is_not_cut()
    {
        Preview.From(new string('x', 100)).ShouldBe(new string('x', 100));
        Preview.From(new string('x', 101)).ShouldBe(new string('x', 99) + "…");
        Preview.From(new string(' ', 500) + "end").ShouldBe("end");
    }

    [Theory]
    [InlineData("👋")]
    [InlineData("👨‍👩‍👧‍👦")]
    [InlineData("🇰🇷")]
    [InlineData("e\u0301")]
    [InlineData("한")]
    public void What_people_see_as_one_character_is_never_cut_in_two(string character)
    {
        for (var before = 80; before <= 100; before++)
        {
            var preview = Preview.From(new string('x', before) + string.Concat(Enumerable.Repeat(character, 30)));

            preview.Length.ShouldBeLessThanOrEqualTo(Preview.MaxLength);
            preview.ShouldEndWith("…");
            var kept = preview[..^1].TrimStart('x');
            StringInfo.ParseCombiningCharacters(kept).Length.ShouldBe(kept.Length / character.Length, preview);
            (kept.Length % character.Length).ShouldBe(0, preview);
        }
    }

    [Fact]
    public void One_character_that_is_longer_than_a_preview_is_left_out() =>
        Preview.From("a" + string.Concat(Enumerable.Repeat("\u0301", 500))).ShouldBe("…");
}
