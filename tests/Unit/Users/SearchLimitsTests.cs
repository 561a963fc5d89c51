using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users;
using BigTech.Users.Features;
using Microsoft.AspNetCore.Http;

namespace BigTech.Tests.Unit.Users;

public sealed class SearchLimitsTests : IDisposable
{
    private static readonly Caller Ann = new(1, "s1", "ann");
    private static readonly Caller Bob = new(2, "s2", "bob");

    private readonly ManualTime _time = new();
    private readonly SearchLimits _limits;

    public SearchLimitsTests() => _limits = new SearchLimits(
        new MemoryRequestLimiter(_time), new UsersOptions { SearchesAtOnce = 2, SearchesPerMinute = 0 }, _time);

    [Fact]
    public async Task A_user_has_two_turns_at_once_and_the_next_search_waits_for_one_of_them()
    {
        var first = await Begin(Ann);
        using var second = await Begin(Ann);
        var third = Begin(Ann).AsTask();
        third.IsCompleted.ShouldBeFalse();
        using var other = await Begin(Bob);

        first.Dispose();

        (await third).Dispose();
    }

    [Fact]
    public async Task A_search_that_gets_no_turn_in_time_is_refused_and_takes_none()
    {
        using var first = await Begin(Ann);
        var second = await Begin(Ann);
        var third = Begin(Ann).AsTask();

        _time.Advance(TimeSpan.FromSeconds(3));

        (await Should.ThrowAsync<AppError>(third)).Code.ShouldBe("too_many_searches");
        second.Dispose();
        (await Begin(Ann)).Dispose();
    }

    public void Dispose() => _limits.Dispose();

    private ValueTask<IDisposable> Begin(Caller caller) =>
        _limits.Begin(new DefaultHttpContext().Response, caller, TestContext.Current.CancellationToken);
}
