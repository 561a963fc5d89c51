using BigTech.Users.Domain;

namespace BigTech.Tests.Unit.Users;

public sealed class PrivacyTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_not_given_stays()
    {
        var first = Privacy.Default.With(Audience.Friends, null, null, Now);
        var second = first.With(null, Audience.Friends, false, Now.AddSeconds(1));

        first.ShouldBe(new Privacy(Audience.Friends, Audience.Everyone, true, Now));
        second.ShouldBe(new Privacy(Audience.Friends, Audience.Friends, false, Now.AddSeconds(1)));
    }

    [Fact]
    public void The_same_settings_again_are_no_change()
    {
        var privacy = Privacy.Default.With(Audience.Friends, null, null, Now);

        privacy.With(Audience.Friends, Audience.Everyone, true, Now.AddHours(1)).ShouldBeSameAs(privacy);
    }

    [Fact]
    public void A_later_change_has_a_later_time_though_the_clock_was_set_back()
    {
        var privacy = Privacy.Default.With(Audience.Friends, null, null, Now);

        privacy.With(Audience.Everyone, null, null, Now.AddHours(-1)).ChangedAt.ShouldBe(Now.AddMicroseconds(1));
    }
}
