using System.Globalization;
using BigTech.Notifications.Domain;

namespace BigTech.Tests.Unit.Notifications;

public sealed class QuietHoursTests
{
    [Theory]
    [InlineData("2026-11-21T12:59:59Z", false)]
    [InlineData("2026-11-21T13:00:00Z", true)]
    [InlineData("2026-11-21T15:00:00Z", true)]
    [InlineData("2026-11-21T21:59:59Z", true)]
    [InlineData("2026-11-21T22:00:00Z", false)]
    public void Over_midnight_in_a_zone_ahead_of_utc(string now, bool isQuiet) =>
        Of("22:00", "07:00", "Asia/Seoul").Contain(At(now)).ShouldBe(isQuiet);

    [Theory]
    [InlineData("2026-11-21T11:59:00Z", false)]
    [InlineData("2026-11-21T12:00:00Z", true)]
    [InlineData("2026-11-21T13:29:00Z", true)]
    [InlineData("2026-11-21T13:30:00Z", false)]
    [InlineData("2026-11-22T00:00:00Z", false)]
    public void Within_a_day(string now, bool isQuiet) => Of("12:00", "13:30", "UTC").Contain(At(now)).ShouldBe(isQuiet);

    /// <summary>In New York the clock goes from 2:00 to 3:00 on 8 March 2026, and from 2:00 back to 1:00 on 1 November.</summary>
    [Theory]
    [InlineData("2026-03-07T03:00:00Z", true, "22:00 in winter")]
    [InlineData("2026-03-09T02:00:00Z", true, "22:00 in summer")]
    [InlineData("2026-03-09T01:59:00Z", false, "21:59 in summer, 20:59 if it were winter")]
    [InlineData("2026-03-08T10:59:00Z", true, "6:59 of the morning on which the clock was set forward")]
    [InlineData("2026-03-08T11:00:00Z", false, "7:00 of it, an hour earlier than the day before")]
    [InlineData("2026-11-01T11:59:00Z", true, "6:59 of the morning on which it was set back")]
    [InlineData("2026-11-01T12:00:00Z", false, "7:00 of it")]
    public void They_keep_to_the_clock_on_the_wall(string now, bool isQuiet, string local) =>
        Of("22:00", "07:00", "America/New_York").Contain(At(now)).ShouldBe(isQuiet, local);

    /// <summary>1:30 occurs twice on 1 November, and 2:30 never on 8 March.</summary>
    [Fact]
    public void An_hour_that_comes_twice_is_quiet_twice_and_one_that_never_comes_is_not()
    {
        var quiet = Of("01:15", "01:45", "America/New_York");
        quiet.Contain(At("2026-11-01T05:30:00Z")).ShouldBeTrue();
        quiet.Contain(At("2026-11-01T06:30:00Z")).ShouldBeTrue();

        var never = Of("02:15", "02:45", "America/New_York");
        Enumerable.Range(0, 24 * 60).Any(minute => never.Contain(At("2026-03-08T05:00:00Z").AddMinutes(minute)))
            .ShouldBeFalse();
    }

    [Theory]
    [InlineData("Asia/Seoul")]
    [InlineData("America/Argentina/Buenos_Aires")]
    [InlineData("Europe/Berlin")]
    [InlineData("Etc/GMT+9")]
    [InlineData("UTC")]
    public void Zones_go_by_their_iana_names(string id)
    {
        TimeZoneNames.TryFind(id, out var zone).ShouldBeTrue();
        zone!.Id.ShouldBe(id);
    }

    [Theory]
    [InlineData("Asia/Calcutta", "Asia/Kolkata")]
    [InlineData("US/Pacific", "America/Los_Angeles")]
    [InlineData("Etc/UTC", "UTC")]
    [InlineData("GMT", "Etc/GMT")]
    public void A_former_name_is_the_zone_of_today(string id, string canonical)
    {
        TimeZoneNames.TryFind(id, out var zone).ShouldBeTrue();
        zone!.Id.ShouldBe(canonical);
    }

    [Fact]
    public void Every_zone_of_this_system_has_a_canonical_name()
    {
        // zone.tab has a name for every region of every country.
        var missing = TimeZoneInfo.GetSystemTimeZones().Where(zone => !TimeZoneNames.TryFind(zone.Id, out _)).Select(zone => zone.Id);

        missing.ShouldBeEmpty("add them to src/Notifications/Domain/time-zones.txt");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Nowhere/Atlantis")]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/localtime")]
    [InlineData("Asia/../Asia/Seoul")]
    [InlineData("Asia/Seoul\n")]
    [InlineData("tzdata.zi")]
    [InlineData("Asia")]
    [InlineData("+09:00")]
    [InlineData("localtime")]
    [InlineData("posixrules")]
    [InlineData("Factory")]
    [InlineData("right/Asia/Seoul")]
    [InlineData("posix/Asia/Seoul")]
    public void Nothing_else_is_a_zone(string id) => TimeZoneNames.TryFind(id, out _).ShouldBeFalse();

    [Fact]
    public void Without_preferences_everything_is_wanted_at_any_time()
    {
        NotificationWireNames.Kinds.ShouldAllBe(kind => Preferences.Default.Wants(kind));
        Preferences.Default.IsQuiet(At("2026-11-21T03:00:00Z")).ShouldBeFalse();
        var some = Preferences.Default.With([(NotificationKind.Message, false), (NotificationKind.System, false)]);
        NotificationWireNames.Kinds.Where(kind => !some.Wants(kind)).ShouldBe([NotificationKind.Message, NotificationKind.System]);
    }

    [Fact]
    public void The_numbers_of_the_kinds_are_stored_and_stay() =>
        NotificationWireNames.Kinds.Select(kind => ((int)kind, NotificationWireNames.NameOf(kind)))
            .ShouldBe([(0, "friend_request"), (1, "friend_accepted"), (2, "message"), (3, "mention"), (4, "group_invite"), (5, "system")]);

    private static QuietHours Of(string start, string end, string zone)
    {
        TimeZoneNames.TryFind(zone, out var found).ShouldBeTrue();
        return new QuietHours(
            TimeOnly.Parse(start, CultureInfo.InvariantCulture), TimeOnly.Parse(end, CultureInfo.InvariantCulture), found!);
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
