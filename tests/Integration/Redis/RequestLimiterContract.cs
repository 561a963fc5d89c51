using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Redis;

namespace BigTech.Tests.Integration.Redis;

/// <summary>The contract of every request limiter.</summary>
public abstract class RequestLimiterContract
{
    // A limiter may use a clock that advances while the test runs: what it says of the end is of this length, not of the exact time.
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);
    private static readonly TimeSpan Slack = TimeSpan.FromHours(6);

    protected abstract IRequestLimiter Limiter { get; }

    protected abstract Task Advance(TimeSpan by);

    [Fact]
    public async Task A_window_takes_as_many_as_its_limit_and_says_how_many_are_left()
    {
        for (var left = 2; left >= 0; left--)
        {
            var verdict = await Take("a");
            (verdict.Allowed, verdict.Limit, verdict.Remaining).ShouldBe((true, 3, left));
            verdict.Reset.ShouldBeInRange(Window - Slack, Window);
        }
        var refused = await Take("a");
        (refused.Allowed, refused.Remaining).ShouldBe((false, 0));
        refused.Reset.ShouldBeInRange(Window - Slack, Window);
    }

    [Fact]
    public async Task It_begins_anew_when_it_is_over_and_refused_requests_do_not_prolong_it()
    {
        for (var i = 0; i < 4; i++) await Take("a");
        await Advance(Window / 2);
        var refused = await Take("a");
        refused.Allowed.ShouldBeFalse();
        refused.Reset.ShouldBeInRange(Window / 2 - Slack, Window / 2);

        await Advance(Window / 2);

        (await Take("a")).Remaining.ShouldBe(2);
    }

    [Fact]
    public async Task Of_several_things_all_are_allowed_or_none_and_those_refused_are_not_counted()
    {
        (await TakeMany(2)).Remaining.ShouldBe(1);

        var refused = await TakeMany(2);

        (refused.Allowed, refused.Remaining).ShouldBe((false, 1));
        refused.Reset.ShouldBeInRange(Window - Slack, Window);
        (await TakeMany(1)).ShouldSatisfyAllConditions(one => one.Allowed.ShouldBeTrue(), one => one.Remaining.ShouldBe(0));
    }

    [Fact]
    public async Task More_than_a_window_allows_is_refused_for_as_long_as_a_window_and_counts_nothing()
    {
        var refused = await TakeMany(4);

        (refused.Allowed, refused.Remaining).ShouldBe((false, 3));
        refused.Reset.ShouldBeInRange(Window - Slack, Window);
        (await TakeMany(3)).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_given_back_is_allowed_again_and_never_more_than_was_counted()
    {
        var taken = await TakeMany(2);
        await Take("a");

        await Limiter.GiveBack("a", 2, taken);

        (await Take("a")).Remaining.ShouldBe(1);
        for (var i = 0; i < 3; i++) await Limiter.GiveBack("a", 2, taken);
        (await Take("a")).Remaining.ShouldBe(2);
        await Limiter.GiveBack("b", 2, taken);
        (await Take("b")).Remaining.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_given_back_late_changes_nothing_in_the_next_window()
    {
        var taken = await TakeMany(2);
        await Advance(Window / 2);
        var later = await Take("a");
        await Advance(Window / 2);
        await TakeMany(2);

        await Limiter.GiveBack("a", 1, later);

        (await Take("a")).Remaining.ShouldBe(0);
        (taken.Allowed, later.Allowed).ShouldBe((true, true));
    }

    [Fact]
    public async Task Keys_are_counted_apart()
    {
        for (var i = 0; i < 4; i++) await Take("a");
        (await Take("b")).Remaining.ShouldBe(2);
    }

    [Fact]
    public async Task Of_many_at_once_exactly_the_limit_is_allowed()
    {
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () =>
            await Limiter.Take("a", 50, Window, TestContext.Current.CancellationToken))));
        verdicts.Count(verdict => verdict.Allowed).ShouldBe(50);
        verdicts.Where(verdict => verdict.Allowed).Select(verdict => verdict.Remaining).Order().ShouldBe(Enumerable.Range(0, 50));
    }

    private async Task<LimitVerdict> TakeMany(int amount) =>
        await Limiter.Take("a", amount, 3, Window, TestContext.Current.CancellationToken);

    private protected async Task<LimitVerdict> Take(string key) =>
        await Limiter.Take(key, 3, Window, TestContext.Current.CancellationToken);
}

public sealed class MemoryRequestLimiterTests : RequestLimiterContract
{
    private readonly ManualTime _time = new();
    private readonly MemoryRequestLimiter _limiter;

    public MemoryRequestLimiterTests() => _limiter = new MemoryRequestLimiter(_time, capacity: 100);

    protected override IRequestLimiter Limiter => _limiter;

    protected override Task Advance(TimeSpan by)
    {
        _time.Advance(by);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_flood_of_keys_cannot_grow_the_memory_nor_free_who_was_refused_lately()
    {
        for (var i = 0; i < 150; i++)
        {
            await Take($"flood{i}");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
        for (var i = 0; i < 4; i++) await Take("a");
        for (var i = 0; i < 50; i++) await Take($"more{i}");

        _limiter.RememberedKeys.ShouldBeLessThanOrEqualTo(100);
        (await Take("a")).Allowed.ShouldBeFalse();
    }
}

[Engines]
public sealed class RedisRequestLimiterTests(SharedRedis redis) : RequestLimiterContract, IAsyncLifetime
{
    private readonly RedisSpace _space = new(redis.Address);
    private IRequestLimiter _limiter = null!;

    protected override IRequestLimiter Limiter => _limiter;

    protected override Task Advance(TimeSpan by) => _space.Age(by);

    public async ValueTask InitializeAsync() => _limiter = await Replica();

    [Fact]
    public async Task Replicas_count_together()
    {
        var other = await Replica();
        await Take("a");
        await Take("a");
        (await other.Take("a", 3, TimeSpan.FromDays(1), RedisSpace.Ct)).Remaining.ShouldBe(0);
        (await Take("a")).Allowed.ShouldBeFalse();
    }

    [Fact]
    public async Task Whatever_replica_gives_back_what_another_has_counted()
    {
        var taken = await Take("a");
        await (await Replica()).GiveBack("a", 1, taken);
        (await Take("a")).Remaining.ShouldBe(2);
    }

    public ValueTask DisposeAsync() => _space.DisposeAsync();

    private async Task<IRequestLimiter> Replica() =>
        new RedisRequestLimiter(await _space.Connect(), new MemoryRequestLimiter(TimeProvider.System));
}
