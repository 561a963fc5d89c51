using BigTech.Users.Domain;

namespace BigTech.Tests.Unit.Users;

public sealed class UsernameTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("Kim_Chul_su")]
    [InlineData("___")]
    [InlineData("007")]
    public void Letters_digits_and_underscores_make_a_name(string text) => Username.Parse(text).Value!.Value.ShouldBe(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("kim chul")]
    [InlineData("kim-chul")]
    [InlineData("kim.chul")]
    [InlineData("kim@chul")]
    [InlineData(" kim")]
    [InlineData("김철수")]
    [InlineData("kim\u0000")]
    [InlineData("ｶﾞﾝﾀﾞﾑ")]
    [InlineData("kım")]
    [InlineData("\u212Aim")]
    public void Anything_else_is_refused(string? text) => Username.Parse(text).Problem.ShouldNotBeNull();

    [Fact]
    public void A_name_has_at_most_50_characters()
    {
        Username.Parse(new string('a', 50)).Problem.ShouldBeNull();
        Username.Parse(new string('a', 51)).Problem.ShouldNotBeNull();
    }

    [Fact]
    public void Names_are_compared_without_case() => Username.Parse("Kim").Value!.Key.ShouldBe(Username.Parse("kIM").Value!.Key);

    [Fact]
    public void Full_width_letters_are_ordinary_ones()
    {
        Username.Parse("Ｋｉｍ＿０７").Value!.Value.ShouldBe("Kim_07");
        Username.Parse("ｋ－ｉｍ").Problem.ShouldNotBeNull();
    }
}
