using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Contracts.Users;
using BigTech.Friends.Streaming;
using BigTech.Friends.Views;
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

    [Fact]
    public async Task What_a_resuming_reader_has_not_taken_yet_is_not_read()
    {
        const int requests = 500, page = 200;
        await AskAnn(requests);
        var directory = new CountingDirectory();
        using var stream = Follow(
            _store.Feed, queueLength: 8, lastEventId: "0", new FriendProfiles(directory, new EmptyDirectory()));

        (await stream.Next()).Name.ShouldBe("ready");
        directory.Asked.ShouldBe(page, "the stream waits in the middle of the first page");

        var versions = new List<int>();
        while (versions.Count < requests) versions.Add((int)JsonNode.Parse((await stream.Next()).Data)!["version"]!);
        versions.ShouldBe(Enumerable.Range(1, requests));
        directory.Asked.ShouldBe(requests);
    }

    [Fact]
    public async Task What_ends_while_its_reader_takes_the_replay_is_taken_back()
    {
        const int requests = 500;
        await AskAnn(requests);
        using var stream = Follow(_store.Feed, queueLength: 8, lastEventId: "0");
        (await stream.Next()).Name.ShouldBe("ready");
        var first = await stream.Next();
        first.Name.ShouldBe("request.created");

        await _store.Block(Ann, 2);

        var names = new List<string>();
        while (!names.Contains("request.closed"))
        {
            var (name, data) = await stream.Next();
            names.Add(name);
            if (name != "request.closed") continue;
            var (closed, opened) = (JsonNode.Parse(data)!, JsonNode.Parse(first.Data)!);
            ((long)closed["friendship_id"]!).ShouldBe((long)opened["friendship"]!["id"]!);
        }
        names.Count.ShouldBe(requests, "all others and the end");
    }

    public void Dispose() => _store.Dispose();

    private InProcessStream Follow(
        FriendFeed feed, int? queueLength = null, string? lastEventId = null, FriendProfiles? profiles = null) => new(
        (http, registry) => new FriendStream(
            http, new Caller(Ann, "s", "ann"), _store.Lists, profiles ?? _store.Profiles, feed, registry).Run(),
        queueLength, lastEventId: lastEventId);

    private async Task AskAnn(int requests)
    {
        // As many concurrently as share a few commits.
        foreach (var some in Enumerable.Range(2, requests).Chunk(1000)) await Task.WhenAll(some.Select(id => _store.Request(id, Ann)));
    }

    /// <summary>A User context without any user, which counts those that it was asked for.</summary>
    private sealed class CountingDirectory : IUserDirectory
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public Task<IReadOnlyList<UserSummary>> Find(IReadOnlyCollection<long> ids, CancellationToken ct)
        {
            Interlocked.Add(ref _asked, ids.Count);
            return Task.FromResult<IReadOnlyList<UserSummary>>([]);
        }
    }
}
