using BigTech.Users.Domain;

namespace BigTech.Tests.Unit.Users;

public sealed class HangulTests
{
    [Theory]
    [InlineData("김철수", "ㄱㅊㅅ")]
    [InlineData("박 영희", "ㅂ ㅇㅎ")]
    [InlineData("까치", "ㄲㅊ")]
    [InlineData("쌍용힣", "ㅆㅇㅎ")]
    [InlineData("가", "ㄱ")]
    [InlineData("kim 철수2", "kim ㅊㅅ2")]
    [InlineData("ㄱㅊㅅ", "ㄱㅊㅅ")]
    [InlineData("ㅏㅣ", "ㅏㅣ")]
    [InlineData("", "")]
    public void The_initials_of_a_name_are_its_lead_consonants(string name, string initials) => Hangul.InitialsOf(name).ShouldBe(initials);

    [Theory]
    [InlineData("ㄳ", "ㄱㅅ")]
    [InlineData("ㅄㅈ", "ㅂㅅㅈ")]
    [InlineData("ㅀ", "ㄹㅎ")]
    public void Consonants_that_a_keyboard_joined_are_taken_apart(string typed, string initials) =>
        Hangul.InitialsOf(typed).ShouldBe(initials);

    [Theory]
    [InlineData("ㄱ", true)]
    [InlineData("ㄱㅊㅅ", true)]
    [InlineData("ㄱ ㅊㅅ", true)]
    [InlineData("ㄳ", true)]
    [InlineData("김ㅊㅅ", false)]
    [InlineData("ㅏ", false)]
    [InlineData("kim", false)]
    [InlineData(" ", false)]
    [InlineData("", false)]
    public void Only_a_text_of_consonants_is_a_search_by_initials(string text, bool expected) => Hangul.IsInitials(text).ShouldBe(expected);

    [Theory]
    [InlineData("\u1100\u1175\u11B7", "김")]
    [InlineData("\u1100\u1161", "가")]
    [InlineData("\u1112\u1175\u11C2", "힣")]
    [InlineData("\u110E\u1165\u11AF\u1109\u116E", "철수")]
    [InlineData("가\u11A8", "각")]
    [InlineData("각\u11A8", "각\u11A8")]
    [InlineData("kim", "kim")]
    [InlineData("\u1161", "\u1161")]
    public void Decomposed_Korean_is_composed(string decomposed, string composed) => Hangul.Compose(decomposed).ShouldBe(composed);

    [Fact]
    public void A_name_is_compared_without_case_and_with_single_blanks() =>
        SearchKeys.Normalize("  KIM \t \u1100\u1175\u11B7  ").ShouldBe("kim 김");
}
