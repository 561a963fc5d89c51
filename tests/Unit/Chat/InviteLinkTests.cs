using BigTech.Chat.Domain;

namespace BigTech.Tests.Unit.Chat;

public sealed class InviteLinkTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_link_works_until_the_moment_at_which_it_expires()
    {
        var link = InviteLink.Create(1, 2, Now, hours: 1, maxUses: null);

        link.IsOpen(Now.AddHours(1).AddTicks(-1)).ShouldBeTrue();
        link.IsOpen(Now.AddHours(1)).ShouldBeFalse();
    }

    [Fact]
    public void A_link_works_as_often_as_it_may()
    {
        var link = InviteLink.Create(1, 2, Now, InviteLink.DefaultHours, maxUses: 2);

        link.IsOpen(Now).ShouldBeTrue();
        link.Use(Now).IsOpen(Now).ShouldBeTrue();
        link.Use(Now).Use(Now).IsOpen(Now).ShouldBeFalse();
        link.Use(Now).Use(Now).ExpiresAt.ShouldBe(Now, "it takes up no place for longer than others that ended");
    }

    [Fact]
    public void A_revoked_link_is_not_open_from_that_moment_on() =>
        InviteLink.Create(1, 2, Now, hours: 1, maxUses: null).Revoke(Now).IsOpen(Now).ShouldBeFalse();

    [Fact]
    public void Codes_are_long_fit_into_a_path_and_differ()
    {
        var codes = Enumerable.Range(0, 1000).Select(_ => InviteLink.Create(1, 2, Now, InviteLink.DefaultHours, null).Code).ToList();

        codes.ShouldBeUnique();
        codes.ShouldAllBe(code => code.Length == 22 && code.All(c => char.IsAsciiLetterOrDigit(c) || c == '-' || c == '_'));
    }
}
