using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts;
using BigTech.Friends;
using BigTech.Friends.Domain;
using BigTech.Friends.Storage;
using BigTech.Friends.Streaming;
using BigTech.Friends.Views;
using BigTech.Tests.Integration.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Friends;

/// <summary>The Friend context's store on a real engine.</summary>
internal sealed class FriendsStore : IDisposable
{
    private readonly StoreHome _home;

    public FriendsStore(TestEngine engine, TimeProvider? time = null)
    {
        _home = StoreHome.On(engine);
        SqlStore = _home.Open(FriendsDatabase.Name, typeof(FriendsModule).Assembly, time);
        Feed = new FriendFeed(Profiles, new NullBackplane(), NullLogger<FriendFeed>.Instance);
        Relations = new RelationStore(SqlStore, Feed, time ?? TimeProvider.System);
        Lists = new FriendLists(SqlStore);
    }

    public Store SqlStore { get; }
    public FriendProfiles Profiles { get; } = new(new EmptyDirectory(), new EmptyDirectory());
    public FriendFeed Feed { get; }
    public RelationStore Relations { get; }
    public FriendLists Lists { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Task<RelationChange> Request(long from, long to) =>
        Relations.Change(Pair.Create(from, to), from, (relation, now) => relation.Request(from, null, now));

    public Task<RelationChange> Accept(long by, long of) =>
        Relations.Change(Pair.Create(by, of), by, (relation, now) => relation.Accept(now));

    public Task<RelationChange> Block(long by, long whom) =>
        Relations.Change(Pair.Create(by, whom), by, (relation, now) => relation.Block(by, now));

    public Task<RelationChange> Unblock(long by, long whom) =>
        Relations.Change(Pair.Create(by, whom), by, (relation, _) => relation.Unblock(by));

    public async Task Befriend(long a, long b)
    {
        await Request(a, b);
        await Accept(b, a);
    }

    /// <summary>A pair as it is in the store.</summary>
    public Task<Relation> Load(long a, long b) => SqlStore.Write(work => RelationRows.Load(work, Pair.Create(a, b)));

    /// <summary>The names of all events so far, without their prefix and version.</summary>
    public async Task<List<string>> Events() =>
        (await SqlStore.Log.Read(Topics.Friend, 0, 100_000, Ct)).ConvertAll(e => $"{e.Type.Split('.')[2]} {e.Key}");

    public void Dispose()
    {
        Feed.Dispose();
        SqlStore.Dispose();
        _home.Dispose();
    }
}
