using BigTech.Users.Domain;

namespace BigTech.Tests.Unit.Users;

public sealed class PasswordTests
{
    private static readonly EmailAddress Email = EmailAddress.Parse("minsoo7@example.com").Value!;
    private static readonly Username Name = Username.Parse("minsoo_1990").Value!;

    [Theory]
    [InlineData("correct horse 9")]
    [InlineData("비밀번호는길어요1")]
    [InlineData("aB3$aB3$")]
    public void A_letter_and_a_digit_among_eight_characters_will_do(string text) =>
        Password.Parse(text, Email, Name).Value!.Value.ShouldBe(text);

    [Theory]
    [InlineData(null, "Is required.")]
    [InlineData("", "Is required.")]
    [InlineData("abc1234", "Must have 8 to 128 characters.")]
    [InlineData("abcdefgh", "Must contain a letter and a digit.")]
    [InlineData("9182736450", "Must contain a letter and a digit.")]
    [InlineData("!!!!!!!!!!", "Must contain a letter and a digit.")]
    [InlineData("abc\01234567", "Must not contain control characters.")]
    [InlineData("MINSOO7@example.com", "Must not be the e-mail address or the username.")]
    [InlineData("Minsoo_1990", "Must not be the e-mail address or the username.")]
    [InlineData("password1", "Is too common.")]
    [InlineData("QWER1234", "Is too common.")]
    [InlineData("dkssud123", "Is too common.")]
    public void A_password_that_is_easy_to_guess_is_refused(string? text, string problem) =>
        Password.Parse(text, Email, Name).Problem.ShouldBe(problem);

    [Fact]
    public void A_password_has_at_most_128_characters()
    {
        Password.Parse(new string('a', 127) + "1", null, null).Problem.ShouldBeNull();
        Password.Parse(new string('a', 128) + "1", null, null).Problem.ShouldNotBeNull();
    }

    [Fact]
    public void Length_counts_characters_not_code_units()
    {
        Password.Parse("😀😀😀😀a1", null, null).Problem.ShouldNotBeNull();
        Password.Parse("😀😀😀😀😀😀a1", null, null).Problem.ShouldBeNull();
    }

    [Fact]
    public void A_password_does_not_print_itself() =>
        Password.Parse("correct horse 9", null, null).Value!.ToString()!.ShouldNotContain("horse");

    [Fact]
    public void Every_common_password_would_be_taken_but_for_the_list()
    {
        CommonPasswords.All.Count.ShouldBeGreaterThan(300);
        CommonPasswords.All.ShouldAllBe(text => Password.Parse(text, null, null).Problem == "Is too common.");
    }
}
