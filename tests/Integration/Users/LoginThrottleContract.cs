using System.Diagnostics;
using BigTech.BuildingBlocks.Core;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Testing;
using BigTech.Users.Domain;
using BigTech.Users.Passwords;

namespace BigTech.Tests.Integration.Users;

/// <summary>The contract of every sign-in throttle.</summary>
public abstract class LoginThrottleContract
{
    private const string Account = "kim@example.com";
    private const string Address = "198.51.100.7";

    private protected static readonly ThrottleRules Rules = new(5, 10, TimeSpan.FromMinutes(15), 100, TimeSpan.FromMinutes(15));

    private readonly long _begun = Stopwatch.GetTimestamp();

    private protected abstract ILoginThrottle Throttle { get; }

    private protected static Attempt Try(string account = Account, string address = Address) => Attempt.OfAnybody(account, address);

    protected abstract Task Advance(TimeSpan by);

    [Fact]
    public async Task The_first_failures_cost_nothing()
    {
        await Fail(4);
        (await Throttle.Check(Try())).ShouldBeNull();
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(6, 2)]
    [InlineData(7, 4)]
    [InlineData(8, 8)]
    [InlineData(9, 16)]
    public async Task Then_the_wait_doubles_with_each(int failures, int seconds)
    {
        await Fail(failures);
        await ShouldWait(false, TimeSpan.FromSeconds(seconds), Account, Address);
        await Advance(TimeSpan.FromSeconds(seconds));
        (await Throttle.Check(Try())).ShouldBeNull();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(70)]
    public async Task From_the_tenth_on_the_account_is_locked(int failures)
    {
        await Fail(failures);
        await ShouldWait(true, TimeSpan.FromMinutes(15), Account, Address);
        await Advance(TimeSpan.FromMinutes(10));
        (await Throttle.Check(Try(address: "203.0.113.1")))!.IsLocked.ShouldBeTrue();
        await Advance(TimeSpan.FromMinutes(5));
        (await Throttle.Check(Try(address: "203.0.113.1"))).ShouldBeNull();
    }

    [Fact]
    public async Task When_a_lock_ends_the_failures_halve_and_one_more_does_not_lock_again()
    {
        await Fail(10);
        await Advance(Rules.LockTime);
        await Fail(1);
        await ShouldWait(false, TimeSpan.FromSeconds(2), Account, Address);
        await Fail(3);
        await ShouldWait(false, TimeSpan.FromSeconds(16), Account, Address);
        await Fail(1);
        await ShouldWait(true, Rules.LockTime, Account, Address);
    }

    [Fact]
    public async Task Devices_and_password_changes_are_counted_apart_from_everything_else()
    {
        var device = Guid.NewGuid();
        Attempt[] apart =
        [
            Attempt.OfDevice(3, device, "a hash"), Attempt.OfDevice(3, Guid.NewGuid(), "a hash"),
            Attempt.OfPasswordChange(3, 7), Attempt.OfPasswordChange(3, 8),
            Try($"3:{device:N}"), Try("3:7"),
            // Another password: the failures of the former one do not lock it.
            Attempt.OfDevice(3, device, "another hash"),
        ];
        await Fail(100);
        foreach (var attempt in apart[..4]) (await Throttle.Check(attempt)).ShouldBeNull();
        for (var i = 0; i < 10; i++)
        {
            await Throttle.Failed(apart[0]);
            await Throttle.Failed(apart[2]);
        }
        foreach (var attempt in apart)
        {
            var elsewhere = attempt.Address is null ? attempt : attempt with { Address = "203.0.113.1" };
            ((await Throttle.Check(elsewhere))?.IsLocked ?? false).ShouldBe(attempt == apart[0] || attempt == apart[2], attempt.ToString());
        }
        await Throttle.Succeeded(apart[0]);
        (await Throttle.Check(apart[0])).ShouldBeNull();
        (await Throttle.Check(apart[2])).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_sign_in_clears_the_account()
    {
        await Fail(9);
        await Throttle.Succeeded(Try());
        (await Throttle.Check(Try())).ShouldBeNull();
        await Fail(4);
        (await Throttle.Check(Try())).ShouldBeNull();
    }

    [Fact]
    public async Task A_day_without_failures_clears_the_account()
    {
        await Fail(9);
        await Advance(TimeSpan.FromHours(24));
        await Fail(1);
        (await Throttle.Check(Try())).ShouldBeNull();
    }

    [Fact]
    public async Task Other_accounts_are_not_concerned()
    {
        await Fail(10);
        (await Throttle.Check(Try("lee@example.com", Address))).ShouldBeNull();
    }

    [Fact]
    public async Task An_address_that_fails_a_hundred_times_waits_for_the_end_of_its_window_whatever_the_account()
    {
        for (var i = 0; i < 99; i++) await Throttle.Failed(Try($"user{i}@example.com", Address));
        (await Throttle.Check(Try())).ShouldBeNull();
        await Advance(TimeSpan.FromMinutes(5));
        await Throttle.Failed(Try("user99@example.com", Address));

        await ShouldWait(false, TimeSpan.FromMinutes(10), Account, Address);
        (await Throttle.Check(Try(address: "203.0.113.1"))).ShouldBeNull();
        await Throttle.Succeeded(Try());
        (await Throttle.Check(Try())).ShouldNotBeNull();
        await Advance(TimeSpan.FromMinutes(10));
        (await Throttle.Check(Try())).ShouldBeNull();
    }

    [Fact]
    public async Task A_name_of_any_length_is_throttled_and_kept_short()
    {
        var name = new string('k', 100_000);
        for (var i = 0; i < 10; i++) await Throttle.Failed(Try(name, Address));
        (await Throttle.Check(Try(name, Address)))!.IsLocked.ShouldBeTrue();
    }

    private async Task Fail(int times)
    {
        for (var i = 0; i < times; i++) await Throttle.Failed(Try());
    }

    /// <summary>A throttle may use a clock that advances while the test runs.</summary>
    private async Task ShouldWait(bool isLocked, TimeSpan wait, string account, string address)
    {
        var throttled = await Throttle.Check(Try(account, address));
        var elapsed = Stopwatch.GetElapsedTime(_begun);
        if (throttled is null)
        {
            elapsed.ShouldBeGreaterThan(wait, "only a wait that is over is none");
            return;
        }
        throttled.IsLocked.ShouldBe(isLocked);
        throttled.Wait.ShouldBeInRange(wait - elapsed - TimeSpan.FromSeconds(0.5), wait);
    }
}

public sealed class MemoryLoginThrottleTests : LoginThrottleContract
{
    private readonly ManualTime _time = new();
    private readonly LoginThrottle _throttle;

    public MemoryLoginThrottleTests() => _throttle = new LoginThrottle(Rules, _time);

    private protected override ILoginThrottle Throttle => _throttle;

    protected override Task Advance(TimeSpan by)
    {
        _time.Advance(by);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_flood_of_names_cannot_grow_the_memory_nor_wipe_out_a_recent_lock()
    {
        var small = new LoginThrottle(Rules with { Capacity = 100, AddressFailures = int.MaxValue }, _time);
        for (var i = 0; i < 150; i++)
        {
            await small.Failed(Try($"flood{i}@example.com", "198.51.100.7"));
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
        for (var i = 0; i < 10; i++) await small.Failed(Try("kim@example.com", "198.51.100.7"));
        for (var i = 0; i < 50; i++) await small.Failed(Try($"more{i}@example.com", "198.51.100.7"));
        small.RememberedAccounts.ShouldBeLessThanOrEqualTo(100);
        (await small.Check(Try("kim@example.com", "198.51.100.7")))!.IsLocked.ShouldBeTrue();
    }
}

[Engines]
public sealed class RedisLoginThrottleTests(SharedRedis redis) : LoginThrottleContract, IAsyncLifetime
{
    private readonly RedisSpace _space = new(redis.Address);
    private RedisLoginThrottle _throttle = null!;

    private protected override ILoginThrottle Throttle => _throttle;

    protected override Task Advance(TimeSpan by) => _space.Age(by);

    public async ValueTask InitializeAsync() => _throttle = new RedisLoginThrottle(await _space.Connect(), Rules);

    [Fact]
    public async Task Replicas_count_together()
    {
        var other = new RedisLoginThrottle(await _space.Connect(), Rules);
        for (var i = 0; i < 5; i++)
        {
            await _throttle.Failed(Try("a@example.com", "198.51.100.1"));
            await other.Failed(Try("a@example.com", "198.51.100.2"));
        }
        (await _throttle.Check(Try("a@example.com", "198.51.100.3")))!.IsLocked.ShouldBeTrue();
        await other.Succeeded(Try("a@example.com"));
        (await _throttle.Check(Try("a@example.com", "198.51.100.3"))).ShouldBeNull();
    }

    [Fact]
    public async Task While_Redis_is_unavailable_no_sign_in_goes_on_and_no_failure_passes_uncounted()
    {
        using var server = new RedisServer();
        await using var space = new RedisSpace(server.Address);
        var throttle = new RedisLoginThrottle(await space.Connect(), Rules);
        (await throttle.Check(Try("a@example.com", "198.51.100.1"))).ShouldBeNull();

        server.Kill();

        await ShouldBeRefused(() => throttle.Check(Try("a@example.com", "198.51.100.1")).AsTask());
        await ShouldBeRefused(() => throttle.Failed(Try("a@example.com", "198.51.100.1")).AsTask());
        await ShouldBeRefused(() => throttle.Succeeded(Try("a@example.com")).AsTask());

        static async Task ShouldBeRefused(Func<Task> ask)
        {
            var error = await Should.ThrowAsync<AppError>(ask);
            (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "shared_state_unavailable"));
        }
    }

    [Fact]
    public async Task Redis_learns_no_address_of_an_account()
    {
        await _throttle.Failed(Try("kim@example.com", "198.51.100.1"));
        await using var direct = await _space.Direct();
        var keys = (string[])(await direct.Database.ExecuteAsync("KEYS", $"{_space.Prefix}*"))!;
        keys.Length.ShouldBeGreaterThanOrEqualTo(2);
        keys.ShouldAllBe(key => !key.Contains("kim"));
    }

    public ValueTask DisposeAsync() => _space.DisposeAsync();
}
