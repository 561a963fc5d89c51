using BigTech.Users.Presence;

namespace BigTech.Tests.Unit.Users;

public sealed class PresenceStateTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset T1 = T0.AddMinutes(1);
    private static readonly DateTimeOffset T2 = T0.AddMinutes(2);
    private static readonly PresenceState Never = PresenceState.Never(7);
    private static readonly PresenceState Online = Never.After(new PresenceSnapshot(true, T0));

    [Fact]
    public void A_user_who_comes_is_online_and_one_who_goes_was_last_seen_then()
    {
        Online.ShouldBe(new PresenceState(7, true, null, false));
        Online.After(new PresenceSnapshot(false, T1)).ShouldBe(new PresenceState(7, false, T1, false));
    }

    [Fact]
    public void Nothing_new_changes_nothing()
    {
        Online.After(new PresenceSnapshot(true, T1)).ShouldBeSameAs(Online);
        Never.After(new PresenceSnapshot(false, T1)).ShouldBeSameAs(Never);
        Online.Hide(T1).Hide(T2).ShouldBe(Online.Hide(T1));
    }

    [Fact]
    public void To_become_invisible_looks_like_going()
    {
        var hidden = Online.Hide(T1);
        hidden.ShouldBe(new PresenceState(7, false, T1, true));
        hidden.LooksLike(Online.After(new PresenceSnapshot(false, T1))).ShouldBeTrue();
    }

    [Fact]
    public void What_an_invisible_one_does_leaves_no_trace()
    {
        var hidden = Online.Hide(T1);
        hidden.After(new PresenceSnapshot(true, T2)).ShouldBeSameAs(hidden);
        hidden.After(new PresenceSnapshot(false, T2)).ShouldBeSameAs(hidden);
        hidden.Show(new PresenceSnapshot(false, T2)).ShouldBe(new PresenceState(7, false, T1, false), "the time of hiding stays");
    }

    [Fact]
    public void A_user_who_hides_while_offline_keeps_the_time_at_which_they_went()
    {
        var away = Online.After(new PresenceSnapshot(false, T1));
        away.Hide(T2).ShouldBe(new PresenceState(7, false, T1, true));
        away.Hide(T2).LooksLike(away).ShouldBeTrue();
    }

    [Fact]
    public void A_user_who_is_online_and_becomes_visible_comes() =>
        Online.Hide(T1).Show(new PresenceSnapshot(true, T2)).ShouldBe(Online);
}
