using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Streaming;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using static BigTech.Tests.Integration.Notifications.NotificationsStore;

namespace BigTech.Tests.Integration.Notifications;

/// <summary>Two replicas, each with its own connections, on one MariaDB and one MongoDB.</summary>
[Engines]
public sealed class MongoReplicasTests : IDisposable
{
    private const long Bob = 2;

    private readonly MemoryMongo _server = new();
    private readonly NotificationsStore _a;
    private readonly NotificationsStore _b;

    public MongoReplicasTests()
    {
        var mongo = new TestMongo(new MongoOptions { Uri = _server.Uri, TimeoutMilliseconds = 30_000, Workers = 2 });
        var (here, there) = TestBackplane.Pair();
        _a = new NotificationsStore(StoreHome.On(TestEngine.MariaDb), mongo, here);
        _b = new NotificationsStore(_a.Home, mongo, there, isReplica: true);
    }

    public void Dispose()
    {
        _server.OnCommand = _ => Fault.None;
        _b.Dispose();
        _a.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Concurrent_writes_of_both_take_versions_without_gaps_and_are_sent_once_by_each()
    {
        const int each = 60;
        using InProcessStream here = Follow(_a), there = Follow(_b);
        foreach (var stream in new[] { here, there }) (await stream.Next()).Name.ShouldBe("ready");

        await Task.WhenAll(AddAll(_a, 0), AddAll(_b, each));

        foreach (var stream in new[] { here, there })
        {
            for (var version = 1; version <= 2 * each; version++)
            {
                ((long)JsonNode.Parse((await stream.Next()).Data)!["version"]!).ShouldBe(version);
            }
        }
        (await _a.Notifications.Read(reader => reader.Since(Bob, 0), Ct)).Select(n => n.Source).ShouldBeUnique();
        (await _b.Version(Bob)).ShouldBe(2 * each);
        (await _a.Sent()).Count.ShouldBe(2 * each);

        async Task AddAll(NotificationsStore store, int first)
        {
            for (var i = 1; i <= each; i++) await Add(store, first + i);
        }
    }

    [Fact]
    public async Task The_same_event_handled_by_both_is_one_notification()
    {
        for (var i = 1; i <= 20; i++)
        {
            var number = i;
            await Task.WhenAll(Add(_a, number), Add(_b, number));
        }
        (await _a.Of(Bob)).Count.ShouldBe(20);
        (await _a.Sent()).Count.ShouldBe(20);
    }

    [Fact]
    public async Task Documents_that_one_committed_and_could_not_write_are_written_and_sent_by_the_other()
    {
        using var there = Follow(_b);
        (await there.Next()).Name.ShouldBe("ready");
        _server.OnCommand = name => name == "update" ? Fault.Forbidden : Fault.None;
        await Add(_a, 1);
        _server.OnCommand = _ => Fault.None;
        (await _b.Version(Bob)).ShouldBe(0);

        await _b.SqlStore.Write(((MongoNotifications)_b.Notifications).ResolvePending);

        var created = JsonNode.Parse((await there.Next()).Data)!;
        ((long)created["version"]!, (bool)created["alert"]!).ShouldBe((1, true));
        await Add(_a, 2);
        ((long)JsonNode.Parse((await there.Next()).Data)!["version"]!).ShouldBe(2);
    }

    private static InProcessStream Follow(NotificationsStore store) => new((http, registry) => new NotificationStream(
        http, new Caller(Bob, "s", "bob"), store.SqlStore, store.Notifications, store.Hub, registry).Run());

    private static Task<bool> Add(NotificationsStore store, int number) => store.SqlStore.Write(work => store.Feed.Add(
        work, new NotificationDraft(Bob, NotificationKind.System, $"test:{number}", $"Number {number}", store.Time.GetUtcNow())));
}
