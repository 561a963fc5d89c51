using BigTech.Users.Presence;

namespace BigTech.Tests.Unit.Users;

/// <summary>The presence tracker, on a manual clock.</summary>
public sealed class PresenceTrackerTests
{
    private const long Ann = 1;
    private const long Bob = 2;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly ManualTime _time = new();
    private readonly PresenceTracker _tracker;

    public PresenceTrackerTests() => _tracker = new PresenceTracker(new PresenceRules(Grace, Expiry), _time);

    private DateTimeOffset Now => _time.GetUtcNow();

    [Fact]
    public void An_open_stream_makes_one_come_and_keeps_one_there_without_being_looked_at()
    {
        _tracker.Find(Ann).IsOnline.ShouldBeFalse();
        _tracker.Open(Ann).ShouldBeTrue();

        _time.Advance(TimeSpan.FromDays(1));

        _tracker.Find(Ann).IsOnline.ShouldBeTrue();
        _tracker.NextExpiry.ShouldBeNull("no user is waited for");
        _tracker.TakeExpired().ShouldBeEmpty();
    }

    [Fact]
    public void Several_devices_are_one()
    {
        _tracker.Open(Ann).ShouldBeTrue();
        _tracker.Open(Ann).ShouldBeFalse();
        _tracker.Heartbeat(Ann, "phone").ShouldBeFalse();
        _tracker.Close(Ann);
        _time.Advance(Expiry * 2);
        _tracker.TakeExpired().ShouldBeEmpty();
        _tracker.Find(Ann).IsOnline.ShouldBeTrue("the other stream is open");

        _tracker.Close(Ann);
        _time.Advance(Grace);
        _tracker.TakeExpired().ShouldBe([Ann]);
    }

    [Fact]
    public void One_goes_when_the_grace_is_over_and_was_last_seen_when_the_stream_closed()
    {
        _tracker.Open(Ann);
        _time.Advance(TimeSpan.FromMinutes(3));
        var closedAt = Now;
        _tracker.Close(Ann);

        _time.Advance(Grace - Tick);
        _tracker.TakeExpired().ShouldBeEmpty();
        _tracker.Find(Ann).IsOnline.ShouldBeTrue();
        _time.Advance(Tick);
        _tracker.TakeExpired().ShouldBe([Ann]);

        _tracker.Find(Ann).ShouldBe(new PresenceSnapshot(false, closedAt));
        _tracker.TakeExpired().ShouldBeEmpty("one goes once");
    }

    [Fact]
    public void A_reconnect_within_the_grace_is_no_coming_and_no_going()
    {
        _tracker.Open(Ann);
        for (var i = 0; i < 100; i++)
        {
            _tracker.Close(Ann);
            _time.Advance(Grace - Tick);
            _tracker.TakeExpired().ShouldBeEmpty();
            _tracker.Open(Ann).ShouldBeFalse();
            _time.Advance(Grace * 3);
            _tracker.TakeExpired().ShouldBeEmpty();
        }
    }

    [Fact]
    public void A_heartbeat_lasts_its_time_and_the_next_one_makes_it_longer()
    {
        _tracker.Heartbeat(Ann, "phone").ShouldBeTrue();
        _time.Advance(Expiry - Tick);
        _tracker.Heartbeat(Ann, "phone").ShouldBeFalse();
        var seenAt = Now;
        _time.Advance(Expiry - Tick);
        _tracker.TakeExpired().ShouldBeEmpty();
        _tracker.Find(Ann).IsOnline.ShouldBeTrue();

        _time.Advance(Tick);

        _tracker.TakeExpired().ShouldBe([Ann]);
        _tracker.Find(Ann).ShouldBe(new PresenceSnapshot(false, seenAt));
        _tracker.Heartbeat(Ann, "phone").ShouldBeTrue("the user comes again");
    }

    [Fact]
    public void The_short_grace_takes_nothing_from_a_heartbeat()
    {
        _tracker.Heartbeat(Ann, "phone");
        _tracker.Open(Ann);
        _tracker.Close(Ann);
        _time.Advance(Grace * 2);

        _tracker.TakeExpired().ShouldBeEmpty();
        _tracker.Find(Ann).IsOnline.ShouldBeTrue();
        _time.Advance(Expiry);
        _tracker.TakeExpired().ShouldBe([Ann]);
    }

    [Fact]
    public void A_session_that_ends_takes_its_heartbeat_with_it_and_none_of_another()
    {
        _tracker.Heartbeat(Ann, "phone");
        _tracker.Heartbeat(Ann, "desk");

        _tracker.EndSession(Ann, "phone").ShouldBeFalse("the desk is there");
        _tracker.Find(Ann).IsOnline.ShouldBeTrue();
        _tracker.EndSession(Ann, "phone").ShouldBeFalse("it has ended before");
        var seenAt = Now;
        _time.Advance(Tick);
        _tracker.EndSession(Ann, "desk").ShouldBeTrue();

        _tracker.Find(Ann).ShouldBe(new PresenceSnapshot(false, seenAt));
        _tracker.Forget(Ann);
        _tracker.Count.ShouldBe(0);
        _time.Advance(Expiry);
        _tracker.TakeExpired().ShouldBeEmpty();
        _tracker.EndSession(Bob, "phone").ShouldBeFalse();
    }

    [Fact]
    public void A_session_that_ends_leaves_streams_and_the_grace_as_they_are()
    {
        _tracker.Heartbeat(Ann, "phone");
        _tracker.Open(Ann);
        _tracker.EndSession(Ann, "phone").ShouldBeFalse();
        _tracker.Heartbeat(Ann, "desk");
        _tracker.Close(Ann);
        _tracker.EndSession(Ann, "desk").ShouldBeFalse();

        _time.Advance(Grace - Tick);
        _tracker.TakeExpired().ShouldBeEmpty();
        _time.Advance(Tick);
        _tracker.TakeExpired().ShouldBe([Ann]);
    }

    [Fact]
    public void A_grace_that_ends_after_an_older_heartbeat_counts_too()
    {
        _tracker.Heartbeat(Ann, "phone");
        _tracker.Open(Ann);
        _time.Advance(Expiry - TimeSpan.FromSeconds(1));
        _tracker.Close(Ann);

        _time.Advance(TimeSpan.FromSeconds(2));
        _tracker.TakeExpired().ShouldBeEmpty("the heartbeat is over and the grace is not");
        _time.Advance(Grace);
        _tracker.TakeExpired().ShouldBe([Ann]);
    }

    [Fact]
    public void However_many_heartbeats_a_user_sends_they_wait_in_the_queue_once()
    {
        for (var i = 0; i < 1000; i++)
        {
            _tracker.Heartbeat(Ann, "phone");
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        _tracker.Heartbeat(Bob, "phone");

        var looks = 0;
        while (_tracker.NextExpiry is { } at)
        {
            looks++;
            _time.Advance(_time.GetElapsedTime(_time.GetTimestamp(), Math.Max(at, _time.GetTimestamp())));
            _tracker.TakeExpired();
        }
        looks.ShouldBeLessThan(5);
        (_tracker.Find(Ann).IsOnline, _tracker.Find(Bob).IsOnline).ShouldBe((false, false));
    }

    [Fact]
    public void Who_was_there_before_a_restart_comes_back_within_the_grace_or_goes_as_of_then()
    {
        var before = Now - TimeSpan.FromHours(3);
        _tracker.Restore(Ann, before);
        _tracker.Restore(Bob, before);
        _tracker.Find(Ann).ShouldBe(new PresenceSnapshot(true, before));
        _tracker.Open(Ann).ShouldBeFalse("for others the user was online all the time");

        _time.Advance(Grace);

        _tracker.TakeExpired().ShouldBe([Bob]);
        _tracker.Find(Bob).ShouldBe(new PresenceSnapshot(false, before));
        _tracker.Find(Ann).IsOnline.ShouldBeTrue();
    }

    [Fact]
    public void Who_came_back_is_not_forgotten_and_who_is_gone_is()
    {
        _tracker.Open(Ann);
        _tracker.Open(Bob);
        _tracker.Close(Ann);
        _tracker.Close(Bob);
        _time.Advance(Grace);
        _tracker.TakeExpired().ShouldBe([Ann, Bob], ignoreOrder: true);
        _tracker.Open(Ann).ShouldBeTrue("the time was over: others are to be notified");

        _tracker.Forget(Ann);
        _tracker.Forget(Bob);

        _tracker.Find(Ann).IsOnline.ShouldBeTrue();
        _tracker.Count.ShouldBe(1);
    }

    [Fact]
    public void A_clock_that_is_set_back_keeps_no_user_online()
    {
        var clock = new SteppedClock();
        var attendance = new PresenceTracker(new PresenceRules(Grace, Expiry), clock);
        attendance.Heartbeat(Ann, "phone");
        clock.SetBack(TimeSpan.FromDays(1));
        clock.Run(Expiry);

        attendance.TakeExpired().ShouldBe([Ann]);
    }

    /// <summary>A machine whose wall clock is corrected while its ticks continue.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _ticks;

        public void SetBack(TimeSpan by) => _now -= by;

        public void Run(TimeSpan by)
        {
            _now += by;
            _ticks += by.Ticks;
        }
    }
}
