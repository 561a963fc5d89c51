using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;
using BigTech.Contracts.Users;
using BigTech.Notifications;
using BigTech.Notifications.Consumers;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Streaming;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Notifications;

/// <summary>The Notification context's store on a real engine, optionally with documents, and its consumers' events.</summary>
internal sealed class NotificationsStore : IDisposable
{
    private readonly bool _isReplica;
    private readonly TestMongo? _mongo;

    /// <param name="withDocuments">Whether the notifications are documents.</param>
    public NotificationsStore(TestEngine engine, bool withDocuments = false)
        : this(StoreHome.On(engine), withDocuments ? new TestMongo() : null)
    {
    }

    /// <param name="home">The location of the store, which need not exist yet.</param>
    /// <param name="mongo">The store of the notifications; without it they are rows.</param>
    /// <param name="isReplica">Whether another instance owns home and documents.</param>
    public NotificationsStore(StoreHome home, TestMongo? mongo, IBackplane? backplane = null, bool isReplica = false)
    {
        (Home, _mongo, _isReplica) = (home, mongo, isReplica);
        Hub = new NotificationHub(backplane ?? new NullBackplane());
        SqlStore = Home.Open(NotificationsDatabase.Name, typeof(NotificationsModule).Assembly, Time);
        Users = new NotificationUserReadModel(SqlStore, Directory, Time);
        Documents = mongo?.Open();
        Notifications = Documents is null
            ? new SqlNotifications(SqlStore)
            : new MongoNotifications(Documents, Hub, NullLogger<MongoNotifications>.Instance);
        Feed = new NotificationFeed(Notifications, Hub);
        Friends = new FriendEventHandler(Feed, Notifications, Users);
        Notifier = new MessageNotifier(Feed, Notifications, Users, Time);
        Rooms = new RoomEventHandler(Feed, Notifications, Users, Notifier, Viewers);
        Messages = new MessageEventHandler(Notifier, Users, Viewers);
    }

    public ManualTime Time { get; } = new();
    public Store SqlStore { get; }
    public StubUserDirectory Directory { get; } = new();
    public NotificationUserReadModel Users { get; }
    public INotifications Notifications { get; }
    public NotificationFeed Feed { get; }
    public FriendEventHandler Friends { get; }
    public MessageNotifier Notifier { get; }
    public RoomEventHandler Rooms { get; }
    public MessageEventHandler Messages { get; }
    public StubRoomViewers Viewers { get; } = new();
    public NotificationHub Hub { get; }
    public StoreHome Home { get; }
    public DocumentDatabase? Documents { get; }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Handles events of one topic in one transaction, as the bus delivers them.</summary>
    public async Task Handle(
        Func<IReadOnlyList<EventEnvelope>, CancellationToken, ValueTask<Action<UnitOfWork>>> consumer, params EventEnvelope[] events)
    {
        var handle = await consumer(events, Ct);
        await SqlStore.Write(handle);
    }

    public ValueTask<List<Notification>> Of(long userId) =>
        Notifications.Read(reader => reader.Before(userId, unreadOnly: false, NotificationListPlace.Newest, 1000, 0), Ct);

    public ValueTask<long> Version(long userId) => Notifications.Read(reader => reader.Version(userId), Ct);

    /// <summary>The ids of the notifications whose first sending was published.</summary>
    public async Task<List<string>> Sent() => (await SqlStore.Log.Read(Topics.Notification, 0, 100_000, Ct))
        .ConvertAll(e => EventJson.Deserialize<BigTech.Contracts.Notifications.NotificationSent>(e.Data).NotificationId);

    public static EventEnvelope Envelope<TEvent>(TEvent e) where TEvent : IIntegrationEvent =>
        new(0, TEvent.Topic, e.Key, Guid.NewGuid().ToString(), TEvent.WireName, DateTimeOffset.UnixEpoch, null, EventJson.Serialize(e));

    public void Dispose()
    {
        SqlStore.Dispose();
        Documents?.Dispose();
        if (_isReplica) return;
        _mongo?.Dispose();
        Home.Dispose();
    }

    /// <summary>The Chat context's answer to others: which users have a room open.</summary>
    internal sealed class StubRoomViewers : IRoomViewers
    {
        public Dictionary<long, IReadOnlySet<long>> Rooms { get; } = [];

        public ValueTask<IReadOnlyDictionary<long, IReadOnlySet<long>>> Find(IReadOnlyCollection<long> roomIds, CancellationToken ct) =>
            ValueTask.FromResult<IReadOnlyDictionary<long, IReadOnlySet<long>>>(Rooms);
    }

    /// <summary>The User context's answer to others: every user exists, with a name made of the id.</summary>
    internal sealed class StubUserDirectory : IUserDirectory
    {
        public int Questions { get; private set; }

        public Task<IReadOnlyList<UserSummary>> Find(IReadOnlyCollection<long> ids, CancellationToken ct)
        {
            Questions++;
            return Task.FromResult<IReadOnlyList<UserSummary>>([.. ids.Select(id => new UserSummary(id, $"name{id}", $"Name {id}", null))]);
        }
    }
}
