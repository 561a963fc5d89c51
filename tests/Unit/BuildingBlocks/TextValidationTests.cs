using BigTech.BuildingBlocks.Core;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class TextValidationTests
{
    [Theory]
    [InlineData("", true, true)]
    [InlineData("hello", true, true)]
    [InlineData("안녕 👋🏽", true, true)]
    [InlineData("two\nlines", true, false)]
    [InlineData("two\r\nlines", true, false)]
    [InlineData("a\ttab", true, false)]
    [InlineData("nul\0", false, false)]
    [InlineData("bell\a", false, false)]
    [InlineData("esc\u001b[31m", false, false)]
    [InlineData("delete\u007f", false, false)]
    [InlineData("next line\u0085", false, false)]
    [InlineData("vertical\v", false, false)]
    public void Control_characters_do_not_belong_in_texts(string text, bool isClean, bool isCleanLine)
    {
        TextValidation.IsClean(text).ShouldBe(isClean);
        TextValidation.IsCleanLine(text).ShouldBe(isCleanLine);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t\n\u00a0\u3000")]
    [InlineData("\u200b\u200c\u200d\u2060\ufeff\u00ad")]
    [InlineData("\u202e\u2066\u2069")]
    [InlineData("\u3164")]
    [InlineData("\u115f\u1160\uffa0")]
    [InlineData("\ufe0f\U000e0100\U000e0041")]
    [InlineData("\u2800\u034f")]
    public void Text_without_visible_characters_is_blank(string? text) => TextValidation.IsBlank(text).ShouldBeTrue();

    [Theory]
    [InlineData(".")]
    [InlineData("\u200bㅋ")]
    [InlineData("👨\u200d👩\u200d👧")]
    [InlineData("❤\ufe0f")]
    [InlineData("\u0301")]
    [InlineData("\ud800")]
    [InlineData("\u0000")]
    [InlineData(" \u0007\u009f")]
    public void Text_with_a_visible_character_is_not_blank(string text) => TextValidation.IsBlank(text).ShouldBeFalse();

    [Theory]
    [InlineData("", 0)]
    [InlineData("hello", 5)]
    [InlineData("가나다", 3)]
    [InlineData("😀a😀", 3)]
    public void Length_is_counted_in_characters(string text, int length) => TextValidation.LengthOf(text).ShouldBe(length);
}
