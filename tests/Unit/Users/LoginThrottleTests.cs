using BigTech.Users.Domain;

namespace BigTech.Tests.Unit.Users;

public sealed class LoginThrottleTests
{
    private const string Account = "kim@example.com";
    private const string Address = "198.51.100.7";

    private static readonly ThrottleRules Rules = new(5, 10, TimeSpan.FromMinutes(15), 100, TimeSpan.FromMinutes(15));

    private readonly Clock _clock = new();
    private readonly LoginThrottle _throttle;

    public LoginThrottleTests() => _throttle = new LoginThrottle(Rules, _clock);

    [Fact]
    public void The_first_failures_cost_nothing()
    {
        Fail(4);
        _throttle.Check(Account, Address).ShouldBeNull();
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(6, 2)]
    [InlineData(7, 4)]
    [InlineData(8, 8)]
    [InlineData(9, 16)]
    public void Then_the_wait_doubles_with_each(int failures, int seconds)
    {
        Fail(failures);
        _throttle.Check(Account, Address).ShouldBe(new Throttled(false, TimeSpan.FromSeconds(seconds)));
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        _throttle.Check(Account, Address).ShouldBeNull();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(70)]
    public void From_the_tenth_on_the_account_is_locked(int failures)
    {
        Fail(failures);
        _throttle.Check(Account, Address).ShouldBe(new Throttled(true, TimeSpan.FromMinutes(15)));
        _clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        _throttle.Check(Account, "203.0.113.1")!.IsLocked.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(1));
        _throttle.Check(Account, "203.0.113.1").ShouldBeNull();
    }

    [Fact]
    public void A_sign_in_clears_the_account()
    {
        Fail(9);
        _throttle.Succeeded(Account);
        _throttle.Check(Account, Address).ShouldBeNull();
        Fail(4);
        _throttle.Check(Account, Address).ShouldBeNull();
    }

    [Fact]
    public void A_day_without_failures_clears_the_account()
    {
        Fail(9);
        _clock.Advance(TimeSpan.FromHours(24));
        Fail(1);
        _throttle.Check(Account, Address).ShouldBeNull();
    }

    [Fact]
    public void Other_accounts_are_not_concerned()
    {
        Fail(10);
        _throttle.Check("lee@example.com", Address).ShouldBeNull();
    }

    [Fact]
    public void An_address_that_fails_a_hundred_times_waits_for_the_end_of_its_window_whatever_the_account()
    {
        for (var i = 0; i < 99; i++) _throttle.Failed($"user{i}@example.com", Address);
        _throttle.Check(Account, Address).ShouldBeNull();
        _clock.Advance(TimeSpan.FromMinutes(5));
        _throttle.Failed("user99@example.com", Address);

        _throttle.Check(Account, Address).ShouldBe(new Throttled(false, TimeSpan.FromMinutes(10)));
        _throttle.Check(Account, "203.0.113.1").ShouldBeNull();
        _throttle.Succeeded(Account);
        _throttle.Check(Account, Address).ShouldNotBeNull();
        _clock.Advance(TimeSpan.FromMinutes(10));
        _throttle.Check(Account, Address).ShouldBeNull();
    }

    [Fact]
    public void A_flood_of_names_cannot_grow_the_memory_nor_wipe_out_a_recent_lock()
    {
        var small = new LoginThrottle(Rules with { Capacity = 100, AddressFailures = int.MaxValue }, _clock);
        for (var i = 0; i < 150; i++)
        {
            small.Failed($"flood{i}@example.com", Address);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        for (var i = 0; i < 10; i++) small.Failed(Account, Address);
        for (var i = 0; i < 50; i++) small.Failed($"more{i}@example.com", Address);
        small.RememberedAccounts.ShouldBeLessThanOrEqualTo(100);
        small.Check(Account, Address)!.IsLocked.ShouldBeTrue();
    }

    [Fact]
    public void A_name_of_any_length_is_throttled_and_kept_short()
    {
        var name = new string('k', 100_000);
        for (var i = 0; i < 10; i++) _throttle.Failed(name, Address);
        _throttle.Check(name, Address)!.IsLocked.ShouldBeTrue();
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++) _throttle.Failed(Account, Address);
    }
}
