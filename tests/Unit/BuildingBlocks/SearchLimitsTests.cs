using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class SearchLimitsTests : IDisposable
{
    private const long Ann = 1, Bob = 2;

    private readonly ManualTime _time = new();
    private readonly SearchLimits _limits;

    public SearchLimitsTests() => _limits = new SearchLimits(
        new MemoryRequestLimiter(_time), RateLimit.PerMinute("search", "searches", 3), 2, _time);

    [Fact]
    public async Task A_user_has_two_turns_at_once_and_the_next_search_waits_for_one_of_them()
    {
        var (first, second) = (new Search(), new Search());
        var (one, two) = (Run(Ann, first), Run(Ann, second));
        var three = Run(Ann, new Search(isOver: true));
        three.IsCompleted.ShouldBeFalse();
        await Run(Bob, new Search(isOver: true));

        first.End();

        await Task.WhenAll(one, three);
        two.IsCompleted.ShouldBeFalse();
        second.End();
        await two;
    }

    [Fact]
    public async Task A_search_that_gets_no_turn_in_time_is_refused_and_neither_takes_one_nor_counts()
    {
        var (first, second) = (new Search(), new Search());
        var (one, two) = (Run(Ann, first), Run(Ann, second));
        var three = Run(Ann, new Search(isOver: true));

        _time.Advance(SearchLimits.MaxWait);

        (await Should.ThrowAsync<AppError>(three)).Code.ShouldBe("too_many_searches");
        second.End();
        await two;
        await Run(Ann, new Search(isOver: true));
        (await Should.ThrowAsync<AppError>(Run(Ann, new Search(isOver: true)))).Code.ShouldBe("rate_limited");
        first.End();
        await one;
    }

    public void Dispose() => _limits.Dispose();

    private Task<bool> Run(long user, Search search) =>
        _limits.Run(new DefaultHttpContext().Response, user, () => search.Task, TestContext.Current.CancellationToken);

    private sealed class Search
    {
        private readonly TaskCompletionSource<bool> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Search(bool isOver = false)
        {
            if (isOver) End();
        }

        public Task<bool> Task => _end.Task;

        public void End() => _end.TrySetResult(true);
    }
}
