using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Friends.Streaming;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Integration.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Friends;

/// <summary>A stream of friends whose reader is too slow: it ends with a reset, and never sends a list with gaps.</summary>
public sealed class FriendStreamTests : IDisposable
{
    private const long Ann = 1;

    private readonly FriendsStore _store = new(TestEngine.Sqlite);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_that_stops_reading_receives_how_far_they_came_and_where_to_start_over()
    {
        // More than the stream writes before it waits for its reader.
        const int requests = 500;
        await _store.Feed.StartAsync(Ct);
        using var stream = Follow(_store.Feed, queueLength: 8);
        (await stream.Next()).Name.ShouldBe("ready");

        await AskAnn(requests);

        var (before, reset) = await stream.ReadToReset();
        before.Count.ShouldBeLessThan(requests);
        before.ConvertAll(change => (int)change["version"]!).ShouldBe(Enumerable.Range(1, before.Count), "what was sent has no gap");
        ((string)reset["reason"]!).ShouldBe("slow_consumer");
        ((int)reset["version"]!).ShouldBe(before.Count);
        ((string)reset["start_over"]!).ShouldBe("/friends");
    }

    [Fact]
    public async Task A_gap_larger_than_one_read_of_the_store_is_a_reset_too()
    {
        const int largestGap = 10_000;
        var (signals, _) = TestBackplane.Pair();
        using var feed = new FriendFeed(_store.Profiles, signals, NullLogger<FriendFeed>.Instance);
        using var stream = Follow(feed);
        (await stream.Next()).Name.ShouldBe("ready");
        await AskAnn(largestGap + 1);

        signals.LookEverywhere();

        var (before, reset) = await stream.ReadToReset();
        before.ShouldBeEmpty();
        ((string)reset["reason"]!).ShouldBe("slow_consumer");
        ((int)reset["version"]!).ShouldBe(0);
        ((string)reset["start_over"]!).ShouldBe("/friends");
    }

    public void Dispose() => _store.Dispose();

    private InProcessStream Follow(FriendFeed feed, int? queueLength = null) => new(
        (http, registry) => new FriendStream(http, new Caller(Ann, "s", "ann"), _store.Lists, _store.Profiles, feed, registry).Run(),
        queueLength);

    private async Task AskAnn(int requests)
    {
        // As many concurrently as share a few commits.
        foreach (var some in Enumerable.Range(2, requests).Chunk(1000)) await Task.WhenAll(some.Select(id => _store.Request(id, Ann)));
    }
}
