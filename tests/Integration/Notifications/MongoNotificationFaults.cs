using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Contracts.Chat;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Streaming;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Redis;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using static BigTech.Tests.Integration.Notifications.NotificationsStore;

namespace BigTech.Tests.Integration.Notifications;

/// <summary>
/// The common base of tests of notifications in a MongoDB server that counts commands and can fail: events of one room, and what its
/// members get.
/// </summary>
public abstract class MongoNotificationFaults : IDisposable
{
    protected const long Room = 5;
    protected const long Ann = 1;
    protected const long Bob = 2;
    protected static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private protected readonly MemoryMongo _server = new();
    private protected readonly TestMongo _mongo;
    private protected NotificationsStore _store;

    protected MongoNotificationFaults()
    {
        _mongo = Within(milliseconds: 30_000);
        _store = new NotificationsStore(StoreHome.On(TestEngine.Sqlite), _mongo);
    }

    public void Dispose()
    {
        _server.OnCommand = _ => Fault.None;
        _store.Dispose();
        _server.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected TestMongo Within(int milliseconds) =>
        new(new MongoOptions { Uri = _server.Uri, TimeoutMilliseconds = milliseconds, Workers = 2 });

    private protected static InProcessStream Follow(NotificationsStore store, string? lastEventId) => new(
        (http, registry) => new NotificationStream(
            http, new Caller(Bob, "s", "bob"), store.SqlStore, store.Notifications, store.Hub, registry).Run(), lastEventId: lastEventId);

    private protected Task Rooms(params EventEnvelope[] events) => _store.Handle(_store.Rooms.Prepare, events);

    private protected Task Messages(params EventEnvelope[] events) => _store.Handle(_store.Messages.Prepare, events);

    private protected static ValueTask<long> Log(NotificationsStore store) =>
        store.SqlStore.Read(reader => reader.First<long>("SELECT COUNT(*) FROM document_log"), Ct);

    /// <summary>Each notification was sent once, no version occurs twice, and no write is pending after it was requested.</summary>
    private protected async Task ShouldBeSettled(int sent)
    {
        await _store.SqlStore.Write(((MongoNotifications)_store.Notifications).ResolvePending);
        (await Log(_store)).ShouldBe(0);
        var published = await _store.Sent();
        published.ShouldBeUnique();
        published.Count.ShouldBe(sent);
        var all = await _store.Notifications.Read(reader => reader.Since(Bob, 0), Ct);
        all.Select(n => n.Version).ShouldBeUnique();
        all.Select(n => n.Source).ShouldBeUnique();
    }

    private protected static EventEnvelope Created(params long[] members) =>
        Envelope(new ChatRoomCreated(Room, "group", "club", members[0], members, T0));

    private protected static EventEnvelope Sent(long version, string? content = null, long? seq = null) =>
        Envelope(new MessageSent(Room, version, new MessageView(
        $"m{seq ?? version}", Room, seq ?? version, version, Ann, "name1", content ?? $"text {version}", "text", null, null, [], false,
        null, false, null,
        T0.AddSeconds(version), T0.AddSeconds(version), 0, 1, null)));

    private protected static EventEnvelope Read(long version, long seq) => Envelope(new MessagesRead(Room, version, Bob, seq, $"m{seq}"));
}
