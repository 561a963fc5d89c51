using BigTech.Platform.Http;

namespace BigTech.Tests.Unit.Platform;

public sealed class TextTests
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
        Text.IsClean(text).ShouldBe(isClean);
        Text.IsCleanLine(text).ShouldBe(isCleanLine);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("hello", 5)]
    [InlineData("가나다", 3)]
    [InlineData("😀a😀", 3)]
    public void Length_is_counted_in_characters(string text, int length) => Text.LengthOf(text).ShouldBe(length);
}
