using BigTech.Users.Domain;

namespace BigTech.Tests.Unit.Users;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("kim@example.com")]
    [InlineData("Kim.Chul-su+chat@mail.example.co.kr")]
    [InlineData("a@b.cd")]
    [InlineData("1_!#$%&'*/=?^`{|}~@x-y.example")]
    [InlineData("kim@xn--3e0b707e.xn--3e0b707e")]
    public void A_usual_address_is_taken_as_it_is_written(string text)
    {
        var parsed = EmailAddress.Parse(text);
        parsed.Problem.ShouldBeNull();
        parsed.Value!.Value.ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("kim")]
    [InlineData("@example.com")]
    [InlineData("kim@")]
    [InlineData("kim@localhost")]
    [InlineData("kim@example..com")]
    [InlineData("kim@.example.com")]
    [InlineData("kim@example.com.")]
    [InlineData("kim@-example.com")]
    [InlineData("kim@example-.com")]
    [InlineData("kim@exa_mple.com")]
    [InlineData("kim@127.0.0.1")]
    [InlineData("kim@[127.0.0.1]")]
    [InlineData(".kim@example.com")]
    [InlineData("kim.@example.com")]
    [InlineData("k..im@example.com")]
    [InlineData("k im@example.com")]
    [InlineData("kim@lee@example.com")]
    [InlineData("\"kim\"@example.com")]
    [InlineData("kim\0@example.com")]
    [InlineData("kim@example.com\r\nBcc: all@example.com")]
    [InlineData("김@example.com")]
    public void What_is_no_address_is_refused(string? text) => EmailAddress.Parse(text).Problem.ShouldNotBeNull();

    [Fact]
    public void Blanks_around_an_address_are_not_part_of_it() =>
        EmailAddress.Parse(" kim@example.com\t").Value!.Value.ShouldBe("kim@example.com");

    [Fact]
    public void Full_width_letters_are_ordinary_ones()
    {
        EmailAddress.Parse("Ｋｉｍ＠example．com").Value!.Value.ShouldBe("Kim@example.com");
        EmailAddress.KeyOf("ＫＩＭ＠ＥＸＡＭＰＬＥ．ＣＯＭ").ShouldBe("kim@example.com");
    }

    [Fact]
    public void Addresses_are_compared_without_case() =>
        EmailAddress.Parse("KIM@Example.COM").Value!.Key.ShouldBe(EmailAddress.KeyOf(" kim@example.com "));

    [Fact]
    public void An_address_has_at_most_255_characters()
    {
        var host = string.Join('.', Enumerable.Repeat(new string('a', 63), 3)) + ".com";
        var longest = new string('k', 255 - host.Length - 1) + "@" + host;
        EmailAddress.Parse(longest).Problem.ShouldBeNull();
        EmailAddress.Parse("k" + longest).Problem.ShouldBe("Must not be longer than 255 characters.");
    }

    [Fact]
    public void The_part_before_the_at_has_at_most_64_characters()
    {
        EmailAddress.Parse(new string('k', 64) + "@example.com").Problem.ShouldBeNull();
        EmailAddress.Parse(new string('k', 65) + "@example.com").Problem.ShouldNotBeNull();
    }
}
