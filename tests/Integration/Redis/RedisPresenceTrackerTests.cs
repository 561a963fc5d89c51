using BigTech.Users.Presence;

namespace BigTech.Tests.Integration.Redis;

/// <summary>Presence from the heartbeats of many processes, one step at a time.</summary>
[Engines]
public sealed class RedisPresenceTrackerTests(SharedRedis redis) : IAsyncLifetime
{
    private const string One = "streams:one";
    private const string Two = "streams:two";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly RedisSpace _space = new(redis.Address);
    private RedisPresenceTracker _tracker = null!;

    public async ValueTask InitializeAsync() => _tracker = new RedisPresenceTracker(await _space.Connect());

    [Fact]
    public async Task Who_comes_is_taken_once_and_who_stays_is_not_taken_again()
    {
        (await _tracker.Sign([1, 2], One, Lease)).ShouldBe([1, 2]);
        var taken = await _tracker.Take();
        taken.Select(one => (one.UserId, one.IsThere)).ShouldBe([(1, true), (2, true)], ignoreOrder: true);
        (await _tracker.Take()).ShouldBeEmpty("they are taken already");
        await _tracker.Reconciled(taken);

        (await _tracker.Sign([1, 2], One, Lease)).ShouldBeEmpty();
        (await _tracker.Sign([1], Two, Lease)).ShouldBeEmpty();
        (await _tracker.Take()).ShouldBeEmpty();
        _tracker.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_user_without_streams_goes_when_the_grace_is_over_and_was_last_seen_when_the_last_one_closed()
    {
        await Come(1, One);
        await _tracker.Sign([1], Two, Lease);
        await _tracker.Sign([1], One, Grace);
        await _space.Age(Grace);
        (await _tracker.Take()).ShouldBeEmpty("the user has a stream in the other process");

        await _tracker.Sign([1], Two, Grace);
        var closedAt = (await _tracker.Find(1)).SeenAt;
        await _space.Age(Grace);

        var gone = (await _tracker.Take()).ShouldHaveSingleItem();
        gone.IsThere.ShouldBeFalse();
        gone.SeenAt.ShouldBe(closedAt - Grace, TimeSpan.FromMilliseconds(1));
        await _tracker.Reconciled([gone]);
        (await _tracker.Take()).ShouldBeEmpty();
        _tracker.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Signs_of_sessions_that_ended_without_a_log_out_do_not_pile_up()
    {
        for (var session = 0; session < 5; session++)
        {
            await _tracker.Sign([1], $"heartbeat:{session}", Lease);
            await _space.Age(Lease + Grace);
        }
        await _tracker.Sign([1], One, Lease);

        await using var direct = await _space.Direct();
        (await direct.Database.HashKeysAsync($"{_space.Prefix}presence:user:1")).Select(field => (string)field!)
            .ShouldBe([One, "seen"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_lease_that_is_ended_makes_its_user_go_at_once_unless_there_is_another()
    {
        await Come(1, One);
        await Come(2, One);
        await _tracker.Sign([2], Two, Lease);
        await _tracker.Sign([1], "three", Lease);

        await _tracker.End(1, [One, "three"]);
        await _tracker.End(2, [One]);
        await _tracker.End(3, [One]);

        var gone = (await _tracker.Take()).ShouldHaveSingleItem();
        (gone.UserId, gone.IsThere).ShouldBe((1, false));
        await _tracker.Reconciled([gone]);
        (await _tracker.Find(2)).IsThere.ShouldBeTrue();
        (await _tracker.Take()).ShouldBeEmpty();
        _tracker.Count.ShouldBe(1);
        await _space.Age(Lease);
        (await _tracker.Take()).Select(one => (one.UserId, one.IsThere)).ShouldBe([(2, false)]);
    }

    [Fact]
    public async Task The_users_of_a_process_that_was_killed_go_when_its_promise_has_run_out()
    {
        await Come(1, One);
        await Come(2, Two);
        await _space.Age(Lease / 2);
        await _tracker.Sign([2], Two, Lease);
        await _space.Age(Lease / 2);
        (await _tracker.Take()).Select(one => (one.UserId, one.IsThere)).ShouldBe([(1, false)]);
    }

    [Fact]
    public async Task A_short_grace_does_not_shorten_what_a_heartbeat_promised()
    {
        await Come(1, "heartbeat");
        await _tracker.Sign([1], One, Lease);
        await _tracker.Sign([1], One, Grace);
        await _space.Age(Grace * 2);
        (await _tracker.Take()).ShouldBeEmpty();
        await _space.Age(Lease);
        (await _tracker.Take()).ShouldHaveSingleItem().IsThere.ShouldBeFalse();
    }

    [Fact]
    public async Task A_user_who_comes_back_while_their_going_is_being_stored_is_taken_again()
    {
        await Come(1, One);
        await _tracker.Sign([1], One, TimeSpan.Zero);
        await _space.Age(Grace);
        var gone = await _tracker.Take();
        gone.ShouldHaveSingleItem().IsThere.ShouldBeFalse();
        await _tracker.Sign([1], Two, Lease);

        await _tracker.Reconciled(gone);

        (await _tracker.Take()).ShouldHaveSingleItem().IsThere.ShouldBeTrue();
    }

    [Fact]
    public async Task Whom_a_replica_took_and_never_settled_another_takes_later()
    {
        await _tracker.Sign([1], One, Lease);
        await _tracker.Take();
        await _space.Age(TimeSpan.FromSeconds(10));
        (await new RedisPresenceTracker(await _space.Connect()).Take()).ShouldHaveSingleItem().UserId.ShouldBe(1);
    }

    [Fact]
    public async Task Whom_Redis_forgot_has_time_to_give_a_sign_and_whom_it_knows_is_left_alone()
    {
        var seen = DateTimeOffset.UnixEpoch.AddYears(50);
        await Come(1, One);
        await _tracker.Restore([(1, seen), (2, seen), (3, seen)], Lease);
        (await _tracker.Sign([2], One, Lease * 2)).ShouldBeEmpty("the user never went");
        (await _tracker.Take()).ShouldBeEmpty();
        (await _tracker.Find(1)).SeenAt.ShouldNotBe(seen);

        await _space.Age(Lease);

        var gone = (await _tracker.Take()).Where(one => one.UserId == 3).ShouldHaveSingleItem();
        (gone.IsThere, gone.SeenAt).ShouldBe((false, seen - Lease));
    }

    [Fact]
    public async Task A_noted_user_is_checked()
    {
        await Come(1, One);
        await _tracker.Note(1);
        (await _tracker.Take()).ShouldHaveSingleItem().IsThere.ShouldBeTrue();
    }

    [Fact]
    public async Task Thousands_are_taken_in_portions()
    {
        (await _tracker.Sign(Enumerable.Range(1, 1200).Select(i => (long)i), One, Lease)).Count.ShouldBe(1200);
        var taken = new HashSet<long>();
        while (await _tracker.Take() is { Count: > 0 } portion)
        {
            portion.Count.ShouldBeLessThanOrEqualTo(RedisPresenceTracker.MaxBatchSize);
            foreach (var one in portion) taken.Add(one.UserId).ShouldBeTrue();
            await _tracker.Reconciled(portion);
        }
        taken.Count.ShouldBe(1200);
    }

    public ValueTask DisposeAsync() => _space.DisposeAsync();

    private async Task Come(long userId, string source)
    {
        await _tracker.Sign([userId], source, Lease);
        await _tracker.Reconciled(await _tracker.Take());
    }
}
