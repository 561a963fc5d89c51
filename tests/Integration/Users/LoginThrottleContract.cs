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

    protected abstract Task Advance(TimeSpan by);

    [Fact]
    public async Task The_first_failures_cost_nothing()
    {
        await Fail(4);
        (await Throttle.Check(Account, Address)).ShouldBeNull();
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
        (await Throttle.Check(Account, Address)).ShouldBeNull();
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
        (await Throttle.Check(Account, "203.0.113.1"))!.IsLocked.ShouldBeTrue();
        await Advance(TimeSpan.FromMinutes(5));
        (await Throttle.Check(Account, "203.0.113.1")).ShouldBeNull();
    }

    [Fact]
    public async Task A_sign_in_clears_the_account()
    {
        await Fail(9);
        await Throttle.Succeeded(Account);
        (await Throttle.Check(Account, Address)).ShouldBeNull();
        await Fail(4);
        (await Throttle.Check(Account, Address)).ShouldBeNull();
    }

    [Fact]
    public async Task A_day_without_failures_clears_the_account()
    {
        await Fail(9);
        await Advance(TimeSpan.FromHours(24));
        await Fail(1);
        (await Throttle.Check(Account, Address)).ShouldBeNull();
    }

    [Fact]
    public async Task Other_accounts_are_not_concerned()
    {
        await Fail(10);
        (await Throttle.Check("lee@example.com", Address)).ShouldBeNull();
    }

    [Fact]
    public async Task An_address_that_fails_a_hundred_times_waits_for_the_end_of_its_window_whatever_the_account()
    {
        for (var i = 0; i < 99; i++) await Throttle.Failed($"user{i}@example.com", Address);
        (await Throttle.Check(Account, Address)).ShouldBeNull();
        await Advance(TimeSpan.FromMinutes(5));
        await Throttle.Failed("user99@example.com", Address);

        await ShouldWait(false, TimeSpan.FromMinutes(10), Account, Address);
        (await Throttle.Check(Account, "203.0.113.1")).ShouldBeNull();
        await Throttle.Succeeded(Account);
        (await Throttle.Check(Account, Address)).ShouldNotBeNull();
        await Advance(TimeSpan.FromMinutes(10));
        (await Throttle.Check(Account, Address)).ShouldBeNull();
    }

    [Fact]
    public async Task A_name_of_any_length_is_throttled_and_kept_short()
    {
        var name = new string('k', 100_000);
        for (var i = 0; i < 10; i++) await Throttle.Failed(name, Address);
        (await Throttle.Check(name, Address))!.IsLocked.ShouldBeTrue();
    }

    private async Task Fail(int times)
    {
        for (var i = 0; i < times; i++) await Throttle.Failed(Account, Address);
    }

    /// <summary>A throttle may use a clock that advances while the test runs.</summary>
    private async Task ShouldWait(bool isLocked, TimeSpan wait, string account, string address)
    {
        var throttled = await Throttle.Check(account, address);
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
            await small.Failed($"flood{i}@example.com", "198.51.100.7");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
        for (var i = 0; i < 10; i++) await small.Failed("kim@example.com", "198.51.100.7");
        for (var i = 0; i < 50; i++) await small.Failed($"more{i}@example.com", "198.51.100.7");
        small.RememberedAccounts.ShouldBeLessThanOrEqualTo(100);
        (await small.Check("kim@example.com", "198.51.100.7"))!.IsLocked.ShouldBeTrue();
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
            await _throttle.Failed("a@example.com", "198.51.100.1");
            await other.Failed("a@example.com", "198.51.100.2");
        }
        (await _throttle.Check("a@example.com", "198.51.100.3"))!.IsLocked.ShouldBeTrue();
        await other.Succeeded("a@example.com");
        (await _throttle.Check("a@example.com", "198.51.100.3")).ShouldBeNull();
    }

    [Fact]
    public async Task While_Redis_is_unavailable_no_sign_in_goes_on_and_no_failure_passes_uncounted()
    {
        using var server = new RedisServer();
        await using var space = new RedisSpace(server.Address);
        var throttle = new RedisLoginThrottle(await space.Connect(), Rules);
        (await throttle.Check("a@example.com", "198.51.100.1")).ShouldBeNull();

        server.Kill();

        await ShouldBeRefused(() => throttle.Check("a@example.com", "198.51.100.1").AsTask());
        await ShouldBeRefused(() => throttle.Failed("a@example.com", "198.51.100.1").AsTask());
        await ShouldBeRefused(() => throttle.Succeeded("a@example.com").AsTask());

        static async Task ShouldBeRefused(Func<Task> ask)
        {
            var error = await Should.ThrowAsync<AppError>(ask);
            (error.Kind, error.Code).ShouldBe((ErrorKind.Unavailable, "shared_state_unavailable"));
        }
    }

    [Fact]
    public async Task Redis_learns_no_address_of_an_account()
    {
        await _throttle.Failed("kim@example.com", "198.51.100.1");
        await using var direct = await _space.Direct();
        var keys = (string[])(await direct.Database.ExecuteAsync("KEYS", $"{_space.Prefix}*"))!;
        keys.Length.ShouldBeGreaterThanOrEqualTo(2);
        keys.ShouldAllBe(key => !key.Contains("kim"));
    }

    public ValueTask DisposeAsync() => _space.DisposeAsync();
}
