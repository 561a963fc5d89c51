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
    [InlineData("minsoo1990", "Must not be the username or the product's name with digits or signs around it.")]
    [InlineData("!MINSOO#2026", "Must not be the username or the product's name with digits or signs around it.")]
    [InlineData("BigTech2026!", "Must not be the username or the product's name with digits or signs around it.")]
    [InlineData("password1", "Is too common.")]
    [InlineData("trustno1trustno1", null)]
    [InlineData("jordan23", "Is too common.")]
    [InlineData("caracas1", "Is too common.")]
    [InlineData("QWER1234", "Is too common.")]
    [InlineData("dkssud123", "Is too common.")]
    public void A_password_that_is_easy_to_guess_is_refused(string? text, string? problem) =>
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

    [Theory]
    [InlineData("\u1107\u1175\u1106\u1175\u11AF\u1107\u1165\u11AB\u1112\u1169 0001", "비밀번호 0001")]
    [InlineData("cafe\u0301 crème 1", "café crème 1")]
    [InlineData("wide\u3000space 1", "wide space 1")]
    public void A_password_is_the_same_on_every_keyboard(string typed, string stored)
    {
        Password.Normalize(typed).ShouldBe(stored);
        Password.Parse(typed, null, null).Value!.Value.ShouldBe(stored);
    }

    [Fact]
    public void A_password_does_not_print_itself() =>
        Password.Parse("correct horse 9", null, null).Value!.ToString()!.ShouldNotContain("horse");

    [Fact]
    public void Every_common_password_would_be_taken_but_for_the_list()
    {
        CommonPasswords.All.Count.ShouldBeGreaterThanOrEqualTo(10_000);
        CommonPasswords.All.ShouldAllBe(text => Password.Parse(text, null, null).Problem == "Is too common.");
    }
}
