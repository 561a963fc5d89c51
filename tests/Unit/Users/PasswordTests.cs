using BigTech.Users.Domain;

namespace BigTech.Tests.Unit.Users;

public sealed class PasswordTests
{
    private static readonly EmailAddress Email = EmailAddress.Parse("minsoo7@example.com").Value!;
    private static readonly Username Name = Username.Parse("minsoo_1990").Value!;
    private static readonly DisplayName Shown = DisplayName.Parse("김 민지 ☺").Value!;

    [Theory]
    [InlineData("correct horse 9")]
    [InlineData("비밀번호는길어요1")]
    [InlineData("aB3$aB3$")]
    public void A_letter_and_a_digit_among_eight_characters_will_do(string text) =>
        Password.Parse(text, Email, Name, Shown).Value!.Value.ShouldBe(text);

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
    [InlineData("minsoo1990", "Must not be the product's name or one of the user with digits or signs.")]
    [InlineData("!MINSOO#2026", "Must not be the product's name or one of the user with digits or signs.")]
    [InlineData("BigTech2026!", "Must not be the product's name or one of the user with digits or signs.")]
    [InlineData("bigtech1chat", "Must not be the product's name or one of the user with digits or signs.")]
    [InlineData("big.tech-chat.2", "Must not be the product's name or one of the user with digits or signs.")]
    [InlineData("ＢｉｇＴｅｃｈ２０２６", "Must not be the product's name or one of the user with digits or signs.")]
    [InlineData("김민지12345", "Must not be the product's name or one of the user with digits or signs.")]
    [InlineData("1min2soo3", "Must not be the product's name or one of the user with digits or signs.")]
    [InlineData("minsoo@example.com1", "Must not be the product's name or one of the user with digits or signs.")]
    [InlineData("김민지의 비밀 1", null)]
    [InlineData("\uFFFEhorse staple 1", null)]
    [InlineData("ｐａｓｓｗｏｒｄ１", "Is too common.")]
    [InlineData("ｐａｓｓｗｏｒｄ1", "Is too common.")]
    [InlineData("password1", "Is too common.")]
    [InlineData("trustno1trustno1", null)]
    [InlineData("jordan23", "Is too common.")]
    [InlineData("caracas1", "Is too common.")]
    [InlineData("QWER1234", "Is too common.")]
    [InlineData("dkssud123", "Is too common.")]
    public void A_password_that_is_easy_to_guess_is_refused(string? text, string? problem) =>
        Password.Parse(text, Email, Name, Shown).Problem.ShouldBe(problem);

    [Fact]
    public void The_part_of_an_address_before_the_host_is_a_name_of_its_user()
    {
        var email = EmailAddress.Parse("hana.lee@example.com").Value!;

        Password.Parse("HanaLee2026", email, Name, null).Problem.ShouldNotBeNull().ShouldContain("name");
        Password.Parse("HanaLee2026", Email, Name, null).Problem.ShouldBeNull();
    }

    [Fact]
    public void A_password_has_at_most_128_characters()
    {
        Password.Parse(new string('a', 127) + "1", null, null, null).Problem.ShouldBeNull();
        Password.Parse(new string('a', 128) + "1", null, null, null).Problem.ShouldNotBeNull();
    }

    [Fact]
    public void Length_counts_characters_not_code_units()
    {
        Password.Parse("😀😀😀😀a1", null, null, null).Problem.ShouldNotBeNull();
        Password.Parse("😀😀😀😀😀😀a1", null, null, null).Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("\u1107\u1175\u1106\u1175\u11AF\u1107\u1165\u11AB\u1112\u1169 0001", "비밀번호 0001")]
    [InlineData("cafe\u0301 crème 1", "café crème 1")]
    [InlineData("wide\u3000space 1", "wide space 1")]
    public void A_password_is_the_same_on_every_keyboard(string typed, string stored)
    {
        Password.Normalize(typed).ShouldBe(stored);
        Password.Parse(typed, null, null, null).Value!.Value.ShouldBe(stored);
    }

    [Fact]
    public void A_password_does_not_print_itself() =>
        Password.Parse("correct horse 9", null, null, null).Value!.ToString()!.ShouldNotContain("horse");

    [Fact]
    public void Every_common_password_would_be_taken_but_for_the_list()
    {
        CommonPasswords.All.Count.ShouldBeGreaterThanOrEqualTo(10_000);
        CommonPasswords.All.ShouldAllBe(text => Password.Parse(text, null, null, null).Problem == "Is too common.");
    }
}
