using BigTech.Users.Presence;

namespace BigTech.Tests.Integration.Redis;

/// <summary>Presence from the heartbeats of many processes, one step at a time.</summary>
[Engines]
public sealed class SharedAttendanceTests(SharedRedis redis) : IAsyncLifetime
{
    private const string One = "streams:one";
    private const string Two = "streams:two";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly RedisSpace _space = new(redis.Address);
    private RedisPresenceTracker _attendance = null!;

    public async ValueTask InitializeAsync() => _attendance = new RedisPresenceTracker(await _space.Connect());

    [Fact]
    public async Task Who_comes_is_taken_once_and_who_stays_is_not_taken_again()
    {
        (await _attendance.Sign([1, 2], One, Lease)).ShouldBe([1, 2]);
        var taken = await _attendance.Take();
        taken.Select(one => (one.UserId, one.IsThere)).ShouldBe([(1, true), (2, true)], ignoreOrder: true);
        (await _attendance.Take()).ShouldBeEmpty("they are in somebody's hands");
        await _attendance.Reconciled(taken);

        (await _attendance.Sign([1, 2], One, Lease)).ShouldBeEmpty();
        (await _attendance.Sign([1], Two, Lease)).ShouldBeEmpty();
        (await _attendance.Take()).ShouldBeEmpty();
        _attendance.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Who_has_closed_everywhere_goes_when_the_grace_is_over_and_was_seen_when_he_closed()
    {
        await Come(1, One);
        await _attendance.Sign([1], Two, Lease);
        await _attendance.Sign([1], One, Grace);
        await _space.Age(Grace);
        (await _attendance.Take()).ShouldBeEmpty("he has a stream in the other process");

        await _attendance.Sign([1], Two, Grace);
        var closedAt = (await _attendance.Find(1)).SeenAt;
        await _space.Age(Grace);

        var gone = (await _attendance.Take()).ShouldHaveSingleItem();
        gone.IsThere.ShouldBeFalse();
        gone.SeenAt.ShouldBe(closedAt - Grace, TimeSpan.FromMilliseconds(1));
        await _attendance.Reconciled([gone]);
        (await _attendance.Take()).ShouldBeEmpty();
        _attendance.Count.ShouldBe(0);
    }

    [Fact]
    public async Task The_users_of_a_process_that_was_killed_go_when_its_promise_has_run_out()
    {
        await Come(1, One);
        await Come(2, Two);
        await _space.Age(Lease / 2);
        await _attendance.Sign([2], Two, Lease);
        await _space.Age(Lease / 2);
        (await _attendance.Take()).Select(one => (one.UserId, one.IsThere)).ShouldBe([(1, false)]);
    }

    [Fact]
    public async Task A_short_grace_does_not_shorten_what_a_heartbeat_promised()
    {
        await Come(1, "heartbeat");
        await _attendance.Sign([1], One, Lease);
        await _attendance.Sign([1], One, Grace);
        await _space.Age(Grace * 2);
        (await _attendance.Take()).ShouldBeEmpty();
        await _space.Age(Lease);
        (await _attendance.Take()).ShouldHaveSingleItem().IsThere.ShouldBeFalse();
    }

    [Fact]
    public async Task Who_comes_back_while_his_going_is_being_stored_is_taken_again()
    {
        await Come(1, One);
        await _attendance.Sign([1], One, TimeSpan.Zero);
        await _space.Age(Grace);
        var gone = await _attendance.Take();
        gone.ShouldHaveSingleItem().IsThere.ShouldBeFalse();
        await _attendance.Sign([1], Two, Lease);

        await _attendance.Reconciled(gone);

        (await _attendance.Take()).ShouldHaveSingleItem().IsThere.ShouldBeTrue();
    }

    [Fact]
    public async Task Whom_a_replica_took_and_never_settled_another_takes_later()
    {
        await _attendance.Sign([1], One, Lease);
        await _attendance.Take();
        await _space.Age(TimeSpan.FromSeconds(10));
        (await new RedisPresenceTracker(await _space.Connect()).Take()).ShouldHaveSingleItem().UserId.ShouldBe(1);
    }

    [Fact]
    public async Task Whom_Redis_forgot_has_time_to_give_a_sign_and_whom_it_knows_is_left_alone()
    {
        var seen = DateTimeOffset.UnixEpoch.AddYears(50);
        await Come(1, One);
        await _attendance.Restore([(1, seen), (2, seen), (3, seen)], Lease);
        (await _attendance.Sign([2], One, Lease * 2)).ShouldBeEmpty("he never went");
        (await _attendance.Take()).ShouldBeEmpty();
        (await _attendance.Find(1)).SeenAt.ShouldNotBe(seen);

        await _space.Age(Lease);

        var gone = (await _attendance.Take()).Where(one => one.UserId == 3).ShouldHaveSingleItem();
        (gone.IsThere, gone.SeenAt).ShouldBe((false, seen - Lease));
    }

    [Fact]
    public async Task Whoever_is_noted_is_looked_at()
    {
        await Come(1, One);
        await _attendance.Note(1);
        (await _attendance.Take()).ShouldHaveSingleItem().IsThere.ShouldBeTrue();
    }

    [Fact]
    public async Task Thousands_are_taken_in_portions()
    {
        (await _attendance.Sign(Enumerable.Range(1, 1200).Select(i => (long)i), One, Lease)).Count.ShouldBe(1200);
        var taken = new HashSet<long>();
        while (await _attendance.Take() is { Count: > 0 } portion)
        {
            portion.Count.ShouldBeLessThanOrEqualTo(RedisPresenceTracker.MaxBatchSize);
            foreach (var one in portion) taken.Add(one.UserId).ShouldBeTrue();
            await _attendance.Reconciled(portion);
        }
        taken.Count.ShouldBe(1200);
    }

    public ValueTask DisposeAsync() => _space.DisposeAsync();

    private async Task Come(long userId, string source)
    {
        await _attendance.Sign([userId], source, Lease);
        await _attendance.Reconciled(await _attendance.Take());
    }
}
