using BigTech.Users.Domain;

namespace BigTech.Tests.Unit.Users;

public sealed class ProfileTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("  김철수 ", "김철수")]
    [InlineData("Kim 😀", "Kim 😀")]
    public void A_display_name_is_any_line_of_text_without_its_outer_blanks(string text, string expected) =>
        DisplayName.Parse(text).Value!.Value.ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData(" \t ")]
    [InlineData("Kim\nLee")]
    [InlineData("Kim\0")]
    public void A_display_name_is_neither_blank_nor_more_than_a_line(string text) => DisplayName.Parse(text).Problem.ShouldNotBeNull();

    [Fact]
    public void A_display_name_has_at_most_100_characters_and_an_emoji_is_one()
    {
        DisplayName.Parse(string.Concat(Enumerable.Repeat("😀", 100))).Problem.ShouldBeNull();
        DisplayName.Parse(new string('a', 101)).Problem.ShouldNotBeNull();
    }

    [Fact]
    public void A_status_may_have_lines_but_no_other_control_characters()
    {
        StatusMessage.Parse("one\r\ntwo\tthree").Value!.Value.ShouldBe("one\r\ntwo\tthree");
        StatusMessage.Parse("one\u0007").Problem.ShouldNotBeNull();
        StatusMessage.Parse(new string('a', 500)).Problem.ShouldBeNull();
        StatusMessage.Parse(new string('a', 501)).Problem.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void A_blank_status_is_none(string? text)
    {
        var parsed = StatusMessage.Parse(text);
        parsed.Value.ShouldBeNull();
        parsed.Problem.ShouldBeNull();
    }

    [Fact]
    public void A_user_without_a_display_name_appears_under_their_username() => NewUser().Profile.DisplayName.Value.ShouldBe("kim_cs");

    [Fact]
    public void A_change_moves_the_time_of_the_last_change()
    {
        var user = NewUser();
        var changed = user.With(user.Profile with { Status = StatusMessage.Parse("hi").Value }, Now.AddMinutes(1));
        changed.UpdatedAt.ShouldBe(Now.AddMinutes(1));
        changed.CreatedAt.ShouldBe(Now);
    }

    [Fact]
    public void A_change_that_changes_nothing_leaves_the_same_user()
    {
        var user = NewUser();
        user.With(user.Profile with { DisplayName = DisplayName.Parse("kim_cs").Value! }, Now.AddMinutes(1)).ShouldBeSameAs(user);
    }

    [Fact]
    public void A_user_prints_neither_their_address_nor_their_hash() => NewUser().ToString().ShouldBe("User 0");

    [Fact]
    public void A_clock_that_is_set_back_by_an_hour_makes_no_change_the_earlier_one()
    {
        var first = NewUser().With(new Profile(DisplayName.Parse("first").Value!, null, null), Now);
        var second = first.With(new Profile(DisplayName.Parse("second").Value!, null, null), Now.AddHours(-1));

        second.UpdatedAt.ShouldBeGreaterThan(first.UpdatedAt);
    }

    private static User NewUser() => User.Register(
        EmailAddress.Parse("kim@example.com").Value!, Username.Parse("kim_cs").Value!, null, "hash", Now);
}
