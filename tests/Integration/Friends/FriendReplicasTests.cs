using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Friends.Domain;
using BigTech.Friends.Storage;
using BigTech.Friends.Streaming;
using BigTech.Friends.Views;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Integration.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Friends;

/// <summary>Two replicas that change one store: a stream at either sends all changes, once and in order.</summary>
public abstract class FriendReplicasSuite : IDisposable
{
    private const long Ann = 1;

    private readonly FriendsStore _store;
    private readonly FriendProfiles _profiles = new(new EmptyDirectory(), new EmptyDirectory());
    private readonly TestBackplane _signals;
    private readonly TestBackplane _otherSignals;
    private readonly FriendFeed _hereFeed;
    private readonly FriendFeed _thereFeed;

    protected FriendReplicasSuite(TestEngine engine)
    {
        _store = new FriendsStore(engine);
        (_signals, _otherSignals) = TestBackplane.Pair();
        _hereFeed = new FriendFeed(_profiles, _signals, NullLogger<FriendFeed>.Instance);
        _thereFeed = new FriendFeed(_profiles, _otherSignals, NullLogger<FriendFeed>.Instance);
    }

    [Fact]
    public async Task Concurrent_writes_of_both_are_sent_in_order_and_without_gaps()
    {
        const int each = 50;
        using InProcessStream here = Follow(_hereFeed), there = Follow(_thereFeed);
        (await here.Next()).Name.ShouldBe("ready");
        (await there.Next()).Name.ShouldBe("ready");

        await Task.WhenAll(RequestAll(_hereFeed, Enumerable.Range(2, each)), RequestAll(_thereFeed, Enumerable.Range(2 + each, each)));

        foreach (var stream in new[] { here, there })
        {
            for (var version = 1; version <= 2 * each; version++) VersionOf(await stream.Next()).ShouldBe(version);
        }
    }

    [Fact]
    public async Task After_signals_were_missed_streams_look_for_themselves()
    {
        using var there = Follow(_thereFeed);
        (await there.Next()).Name.ShouldBe("ready");
        _signals.AreLost = true;
        await Request(_hereFeed, 2);
        _otherSignals.LookEverywhere();
        VersionOf(await there.Next()).ShouldBe(1);
        _otherSignals.LookEverywhere();
        await Request(_thereFeed, 3);
        VersionOf(await there.Next()).ShouldBe(2, "nothing is sent twice");
    }

    [Fact]
    public async Task A_change_without_a_signal_is_found_when_a_stream_has_been_silent_for_long()
    {
        var time = new ManualTime();
        using var there = Follow(_thereFeed, time);
        (await there.Next()).Name.ShouldBe("ready");
        // Simulates a writer that died between its commit and the signal.
        _signals.AreLost = true;
        await Request(_hereFeed, 2);

        var received = there.Next();

        await Eventually.Holds(() =>
        {
            time.Advance(TimeSpan.FromSeconds(15));
            return received.IsCompleted;
        }, "the stream looks by itself");
        VersionOf(await received).ShouldBe(1);
    }

    public void Dispose()
    {
        _hereFeed.Dispose();
        _thereFeed.Dispose();
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private InProcessStream Follow(FriendFeed feed, TimeProvider? time = null) => new(
        (http, registry) => new FriendStream(http, new Caller(Ann, "s", "ann"), _store.Lists, _profiles, feed, registry).Run(), time: time);

    private async Task RequestAll(FriendFeed feed, IEnumerable<int> from)
    {
        foreach (var id in from) await Request(feed, id);
    }

    private Task<RelationChange> Request(FriendFeed feed, long from) =>
        new RelationStore(_store.SqlStore, feed, TimeProvider.System).Change(
        Pair.Create(from, Ann), from, (relation, now) => relation.Request(from, null, now));

    private static long VersionOf((string Name, string Data) received)
    {
        received.Name.ShouldBe("request.created");
        return (long)JsonNode.Parse(received.Data)!["version"]!;
    }
}

public sealed class FriendReplicasTests() : FriendReplicasSuite(TestEngine.Sqlite);

[Engines]
public sealed class FriendReplicasMariaDbTests() : FriendReplicasSuite(TestEngine.MariaDb);
