using System.Text.Json;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat;
using BigTech.Chat.Domain;
using BigTech.Chat.Features;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using BigTech.Chat.Storage.Mongo;
using BigTech.Chat.Storage.Sql;
using BigTech.Chat.Streaming;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Friends;
using BigTech.Contracts.Json;
using BigTech.Contracts.Users;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Tests.Integration.Chat;

/// <summary>The Chat context on a real engine, without HTTP: the use cases are called as the route table calls them.</summary>
internal sealed class ChatHost : IDisposable
{
    private const string FileName = "chat.db";
    private const long EnoughBytes = 64 * 1024 * 1024;

    private readonly StoreHome _home;
    private readonly bool _isReplica;
    private readonly TestMongo? _mongo;
    private readonly TimeProvider _time;
    private readonly long _cacheBytes;
    private DocumentDatabase? _documents;
    private InterruptedMessages _messages = null!;
    private RoomAccess _access = null!;
    private ChatServices _chat;

    /// <param name="mongo">The store of the messages; without it they are rows.</param>
    /// <param name="cacheBytes">The budget of the room cache.</param>
    public ChatHost(TestEngine engine = TestEngine.Sqlite, TestMongo? mongo = null, long cacheBytes = EnoughBytes)
        : this(StoreHome.On(engine), isReplica: false, mongo, cacheBytes: cacheBytes)
    {
    }

    /// <param name="home">The location of the store, which need not exist yet.</param>
    /// <param name="isReplica">Whether another host owns the home.</param>
    /// <param name="time">The clock of the replica's machine.</param>
    public ChatHost(
        StoreHome home, bool isReplica, TestMongo? mongo = null, TimeProvider? time = null, long cacheBytes = EnoughBytes)
    {
        (_home, _isReplica, _mongo, _time, _cacheBytes) = (home, isReplica, mongo, time ?? TimeProvider.System, cacheBytes);
        Start();
    }

    /// <summary>The location of the store, for another replica.</summary>
    public StoreHome Home => _home;

    public Store SqlStore { get; private set; } = null!;

    public InterruptedCache Cache { get; private set; } = null!;

    public RoomHub Hub { get; private set; } = null!;

    public BlockedPairs Blocks { get; private set; } = null!;

    public PrivacyRules Privacy { get; private set; } = null!;

    public FriendList Friends { get; } = new();

    public ChatUserReadModel Names { get; private set; } = null!;

    public ChatStore Store { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Closes the store and opens the same data again.</summary>
    public void Restart()
    {
        Close();
        Start();
    }

    /// <summary>Runs an action, then restarts on the file as it was before the action.</summary>
    public async Task Rewind(Func<Task> lost)
    {
        Close();
        var folder = ((FolderHome)_home).Folder;
        File.Copy(folder[FileName], folder["before"]);
        Start();
        await lost();
        Close();
        File.Move(folder["before"], folder[FileName], overwrite: true);
        Start();
    }

    /// <summary>The collection of the message documents.</summary>
    public IMongoCollection<BsonDocument> Documents => _documents!.Collection(MessageDocuments.Collection);

    /// <summary>Ends the faults of a server, and waits until the driver has noticed that.</summary>
    public Task Heal(MemoryMongo server) => server.Heal(_documents!);

    public Task<long> CreateGroup(long owner, params long[] others) => CreateGroup("group", owner, others);

    public async Task<long> CreateGroup(string name, long owner, params long[] others)
    {
        var result = await BigTech.Chat.Features.CreateRoom.Handle(
            new CreateRoomRequest(others, name, "group"), Caller(owner), _chat, Ct);
        return ((Microsoft.AspNetCore.Http.HttpResults.Created<RoomView>)result.Result).Value!.Id;
    }

    public async Task<(Room Room, bool IsNew)> OpenDirect(long caller, long other) =>
        await OpenDirectRoom.With(other, Caller(caller), _chat, Ct);

    public async Task<(int Status, MessageView Message)> Send(long room, long user, string content, string? clientId = null)
    {
        var body = new SendMessageRequest(content, ClientMessageId: clientId);
        return await Answer(await SendMessage.Handle(room, body, Caller(user), _chat, Ct));
    }

    public async Task<MessageView> Edit(string message, long user, string content) =>
        (await Answer(await EditMessage.Handle(Guid.Parse(message), new EditMessageRequest(content), Caller(user), _chat, Ct))).Message;

    public async Task<MessageView> Delete(string message, long user) =>
        (await Answer(await DeleteMessage.Handle(Guid.Parse(message), Caller(user), _access, Store, Names, Ct))).Message;

    public async Task<MessageView> React(string message, long user, string emoji) => (await Answer(await AddReaction.Handle(
        Guid.Parse(message), new ReactionRequest(emoji), Caller(user), _chat, Ct))).Message;

    public async Task<MessageView> TakeBack(string message, long user, string emoji) => (await Answer(await RemoveReaction.Handle(
        Guid.Parse(message), new ReactionRequest(emoji), Caller(user), _chat, Ct))).Message;

    public Task Pin(string message, long user) => PinMessage.Handle(Guid.Parse(message), Caller(user), _chat, Ct);

    public Task Unpin(string message, long user) => UnpinMessage.Handle(Guid.Parse(message), Caller(user), _chat, Ct);

    public async Task<PinList> Pins(long room, long user) => (await ListPins.Handle(room, Caller(user), _access, Store, Names, Ct)).Value!;

    public async Task<ReadState> Read(long room, long user, string? upTo = null) =>
        (await MarkMessagesRead.Handle(
            new MarkReadRequest(room, null, upTo, upTo is null ? true : null), Caller(user), _access, Store, Ct)).Value!;

    public Task Add(long room, long caller, params long[] users) =>
        AddMembers.Handle(room, new AddMembersRequest(users), Caller(caller), _chat, Ct);

    public async Task<InviteLinkView> NewLink(long room, long caller, long? maxUses = null, long? hours = null) =>
        (await CreateInviteLink.Handle(room, new InviteLinkRequest(hours, maxUses), Caller(caller), _access, Store, Ct)).Value!;

    public async Task<IReadOnlyList<InviteLinkView>> Links(long room, long caller) =>
        (await ListInviteLinks.Handle(room, Caller(caller), _access, Store, _time, Ct)).Value!.InviteLinks;

    public Task Revoke(long room, long caller, long link) => RevokeInviteLink.Handle(room, link, Caller(caller), _access, Store, Ct);

    public async Task<RoomView> Join(string code, long user) =>
        (await JoinByLink.Handle(code, Caller(user), _chat, Ct)).Value!;

    public Task Remove(long room, long caller, long user) => RemoveMember.Handle(room, user, Caller(caller), Erasure(), _chat, Ct);

    public Task DeleteRoom(long room, long caller) =>
        BigTech.Chat.Features.DeleteRoom.Handle(room, Caller(caller), _access, Store, Erasure(), Ct);

    /// <summary>Erases what is due after the given time.</summary>
    public async Task Erase(TimeSpan after = default)
    {
        using var erasure = Erasure(after);
        await erasure.RunOnce(Ct);
    }

    private RoomErasure Erasure(TimeSpan after = default) => new(Store, new LaterTime(_time, after), NullLogger<RoomErasure>.Instance);

    private sealed class LaterTime(TimeProvider time, TimeSpan after) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + after;
    }

    public Task Rename(long room, long caller, string name) =>
        RenameRoom.Handle(room, new RenameRoomRequest(name), Caller(caller), _chat, Ct);

    public Task GiveRole(long room, long caller, long user, string role) =>
        ChangeRole.Handle(room, user, new ChangeRoleRequest(role), Caller(caller), _chat, Ct);

    /// <summary>Runs an action when a message is committed and not yet published to memory.</summary>
    public async Task SendAndMeanwhile(long room, long user, string content, Func<Task> meanwhile)
    {
        using var goOn = new ManualResetEventSlim();
        List<Task> writes;
        using (var gate = await WriterGate.Close(SqlStore))
        {
            writes = [SqlStore.Write(work => work.BatchState(() => new object(), static (_, _) => { }, _ => goOn.Wait(Ct)))];
            await Eventually.Holds(() => SqlStore.WaitingWrites == 1, "the one that waits");
            writes.Add(Send(room, user, content));
            await Eventually.Holds(() => SqlStore.WaitingWrites == 2, "the message");
            await gate.Open();
        }
        var known = (await Find(room)).Version;
        await Eventually.Holds(async () => (await Load(room)).Version > known, "the commit");
        try
        {
            await meanwhile();
        }
        finally
        {
            goOn.Set();
        }
        await Task.WhenAll(writes);
    }

    /// <summary>Runs an action once, before the messages are read next.</summary>
    public void BeforeNextReadOfMessages(Func<Task> action) => _messages.BeforeNextRead = action;

    /// <summary>Listens to a room from now on, as a stream does.</summary>
    /// <param name="version">The version up to which it has read the room; by default the newest.</param>
    public async Task Listen(long room, Listener listener, long? version = null)
    {
        Hub.Join(room, listener);
        Hub.SetBaseline(room, version ?? (await Find(room)).Version);
    }

    public Task Type(long room, long user) =>
        BigTech.Chat.Features.ShowTyping.Handle(room, Caller(user), new TypingIndicators(Hub, new NullBackplane(), _time), _chat, Ct);

    /// <summary>Shows that a member types, as another replica's signal does.</summary>
    public void ShowTyping(long room, long user, long version) =>
        Hub.ShowTyping(new TypingSignal(room, version, user, $"name{user}", _time.GetUtcNow() + TypingIndicators.Lifetime, []));

    public async Task<Room> Find(long room) => (await Store.Find(room, Ct)).ShouldNotBeNull();

    /// <summary>The room as it is in the store, independent of the cache.</summary>
    public async Task<Room> Load(long room) => (await SqlStore.Read(reader => RoomRows.Load(reader, room), Ct)).ShouldNotBeNull();

    public async Task<List<Message>> Messages(long room)
    {
        var loaded = await Load(room);
        var stored = await Store.Messages.Read(messages => messages.After(loaded, 0, int.MaxValue), Ct);
        var bySeq = await Store.Messages.Read(messages => messages.BySeq(room, [.. stored.Select(message => message.Seq)]), Ct);
        return [.. stored.Select(message => bySeq[message.Seq])];
    }

    public async Task<ReplayReader> Since(long room, long version) =>
        (await ReplayReader.Since(Store, room, version, Ct)).ShouldNotBeNull();

    public void Dispose()
    {
        Close();
        _mongo?.Dispose();
        if (!_isReplica) _home.Dispose();
    }

    private void Close()
    {
        SqlStore.Dispose();
        _documents?.Dispose();
    }

    private void Start()
    {
        SqlStore = _home.Open("chat", typeof(ChatModule).Assembly, _time);
        Cache = new InterruptedCache(_cacheBytes);
        Hub = new RoomHub();
        Names = new ChatUserReadModel(SqlStore, new AllUsersDirectory(), _time);
        _documents = _mongo?.Open();
        _messages = new InterruptedMessages(_documents is null ? new SqlMessages(SqlStore) : new MongoMessages(_documents));
        Store = new ChatStore(SqlStore, _messages, Cache, Hub, Names);
        _access = new RoomAccess(Store);
        Blocks = BlockedPairs.Load(SqlStore);
        Privacy = PrivacyRules.Load(SqlStore);
        var unlimited = new ChatOptions { SendsPerMinute = 0, RoomsPerHour = 0, MembersAddedPerHour = 0 };
        var limits = new ChatLimits(new MemoryRequestLimiter(_time), unlimited);
        _chat = new ChatServices(
            _access, Store, Names, Blocks, Privacy, new FriendshipChecks(Friends), new RoomViews(Store, Names), limits,
            new DefaultHttpContext().Response);
    }

    private static Caller Caller(long user) => new(user, $"s{user}", $"name{user}");

    private static async Task<(int Status, MessageView Message)> Answer(IResult result)
    {
        var http = new DefaultHttpContext();
        using var body = new MemoryStream();
        http.Response.Body = body;
        await result.ExecuteAsync(http);
        await http.Response.CompleteAsync();
        return (http.Response.StatusCode, JsonSerializer.Deserialize(body.ToArray(), EventJson.Wire.MessageView)!);
    }

    /// <summary>Lets a test act when a room was read and is not in the cache yet.</summary>
    public sealed class InterruptedCache(long budget) : RoomCache(budget)
    {
        private Action? _beforeNextAdd;

        public Action? BeforeNextAdd
        {
            get => Volatile.Read(ref _beforeNextAdd);
            set => Volatile.Write(ref _beforeNextAdd, value);
        }

        public override Room Add(Room room, long drops)
        {
            Interlocked.Exchange(ref _beforeNextAdd, null)?.Invoke();
            return base.Add(room, drops);
        }
    }

    /// <summary>A Friend context with the friendships that a test gives it.</summary>
    public sealed class FriendList : IFriendDirectory
    {
        private readonly HashSet<(long, long)> _friends = [];

        /// <summary>How often it was asked.</summary>
        public int Questions { get; private set; }

        public bool IsUnavailable { get; set; }

        public void Add(long a, long b) => _friends.UnionWith([(a, b), (b, a)]);

        public void Remove(long a, long b) => _friends.ExceptWith([(a, b), (b, a)]);

        public Task<IReadOnlyList<long>> FindFriends(long userId, IReadOnlyCollection<long> ids, CancellationToken ct)
        {
            Questions++;
            if (IsUnavailable) throw AppError.Unavailable("service_unavailable", "The Friend Service cannot be reached now.");
            return Task.FromResult<IReadOnlyList<long>>([.. ids.Where(id => _friends.Contains((userId, id)))]);
        }
    }

    /// <summary>A User context in which every id below 10,000 exists.</summary>
    public sealed class AllUsersDirectory : IUserDirectory
    {
        public Task<IReadOnlyList<UserSummary>> Find(IReadOnlyCollection<long> ids, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<UserSummary>>(
            [.. ids.Where(id => id is > 0 and < 10_000).Select(id => new UserSummary(id, $"name{id}", $"User {id}", null))]);
    }
}

/// <summary>Records the events that a stream of a room would receive.</summary>
internal sealed class Listener(long userId) : IRoomListener
{
    private readonly List<StreamEvent> _changes = [];

    public long UserId => userId;

    public bool ShowsOneRoom => true;

    public bool IsOpening => false;

    public IReadOnlyList<StreamEvent> Changes
    {
        get
        {
            lock (_changes) return [.. _changes];
        }
    }

    public bool HasEnded { get; private set; }

    public void Push(StreamEvent e)
    {
        lock (_changes) _changes.Add(e);
    }

    public void Offer(StreamEvent e) => Push(e);

    public void PushLast(StreamEvent e)
    {
        Push(e);
        HasEnded = true;
    }

    public void Joined(long roomId)
    {
        // The tests check only the events.
    }
}
