using System.Runtime.CompilerServices;

namespace BigTech.Chat.Client;

/// <summary>
/// Live changes. Every stream goes on over any number of connections, without gaps and without doubles, until the caller stops reading.
/// It ends by itself where coming back is pointless: after one's own removal from the room, or when the room is deleted.
/// </summary>
/// <remarks>
/// The plain streams give what the server sends. Those that follow something begin with a snapshot and give another one where events were
/// lost, so that a reader needs no other calls. All of them throw <see cref="ChatApiException"/>: 401 when the session is over, 403 or 404
/// for a room that is not the caller's.
/// </remarks>
public sealed class StreamsApi
{
    private readonly StreamReader _reader;
    private readonly ChatClient _client;

    internal StreamsApi(StreamReader reader, ChatClient client) => (_reader, _client) = (reader, client);

    /// <summary>The events of one room.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="lastEventId">
    /// Goes on after this event, or after a page's <see cref="MessagePage.LastEventId"/>; null begins now.
    /// </param>
    /// <param name="ct">Ends the stream.</param>
    public IAsyncEnumerable<StreamEvent> Room(long roomId, string? lastEventId = null, CancellationToken ct = default) =>
        _reader.Read($"messages/stream/{roomId}", lastEventId, IsEndOfRoom, ct);

    /// <summary>The events of all rooms of the caller, also of those that they join later.</summary>
    /// <param name="lastEventId">Goes on after this event; null begins now.</param>
    /// <param name="ct">Ends the stream.</param>
    public IAsyncEnumerable<StreamEvent> AllRooms(string? lastEventId = null, CancellationToken ct = default) =>
        Read("messages/stream", lastEventId, ct);

    /// <summary>The presence of friends.</summary>
    /// <param name="lastEventId">Goes on after this event, or after a list's <c>LastEventId</c>; null begins now.</param>
    /// <param name="ct">Ends the stream.</param>
    public IAsyncEnumerable<StreamEvent> Presence(string? lastEventId = null, CancellationToken ct = default) =>
        Read("online-status/stream", lastEventId, ct);

    /// <summary>Friends and requests.</summary>
    /// <param name="lastEventId">Goes on after this event, or after a list's <c>LastEventId</c>; null begins now.</param>
    /// <param name="ct">Ends the stream.</param>
    public IAsyncEnumerable<StreamEvent> Friends(string? lastEventId = null, CancellationToken ct = default) =>
        Read("friends/stream", lastEventId, ct);

    /// <summary>The notifications of the caller.</summary>
    /// <param name="lastEventId">Goes on after this event, or after a page's <c>LastEventId</c>; null begins now.</param>
    /// <param name="ct">Ends the stream.</param>
    public IAsyncEnumerable<StreamEvent> Notifications(string? lastEventId = null, CancellationToken ct = default) =>
        Read("notifications/stream", lastEventId, ct);

    /// <summary>A <see cref="RoomSnapshot"/>, then its events; another one where events were lost.</summary>
    public async IAsyncEnumerable<StreamEvent> FollowRoom(long roomId, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var snapshot = await _reader.Persist(stop => TakeRoom(roomId, stop), ct);
        yield return snapshot;
        await foreach (var change in Room(roomId, snapshot.Page.LastEventId, ct))
        {
            if (change is StreamReset { Reason: not StreamReset.RoomDeleted })
            {
                snapshot = await _reader.Persist(stop => TakeRoom(roomId, stop), ct);
                yield return snapshot;
            }
            else if (change is not RoomEvent of || IsAbove(of, snapshot.Page.Version))
            {
                yield return change;
            }
        }
    }

    /// <summary>
    /// A <see cref="RoomListSnapshot"/>, then the events of all rooms; another one where events were lost, or a <see cref="RoomSnapshot"/>
    /// where those of one room were.
    /// </summary>
    public async IAsyncEnumerable<StreamEvent> FollowAllRooms([EnumeratorCancellation] CancellationToken ct = default)
    {
        var versions = new Dictionary<long, long>();
        await foreach (var change in AllRooms(lastEventId: null, ct))
        {
            switch (change)
            {
                case StreamReady { Resumed: false } or StreamReset { RoomId: null }:
                    var rooms = await _reader.Persist(TakeRooms, ct);
                    versions = rooms.ToDictionary(room => room.Id, room => room.Version);
                    yield return new RoomListSnapshot(rooms);
                    break;
                case StreamReset { Reason: not StreamReset.RoomDeleted, RoomId: { } roomId }:
                    var snapshot = await _reader.Persist(stop => TakeRoom(roomId, stop), ct);
                    versions[roomId] = snapshot.Page.Version;
                    yield return snapshot;
                    break;
                // A room that is new to the caller: what it had before does not count.
                case RoomChanged room when !versions.ContainsKey(room.RoomId):
                    versions[room.RoomId] = room.Version;
                    yield return room;
                    break;
                case RoomEvent of when !IsAbove(of, versions.GetValueOrDefault(of.RoomId)):
                    break;
                default:
                    Forget(change, versions);
                    yield return change;
                    break;
            }
        }
    }

    /// <summary>A <see cref="NotificationSnapshot"/>, then its events; another one where events were lost.</summary>
    public IAsyncEnumerable<StreamEvent> FollowNotifications(CancellationToken ct = default) => Follow(
        "notifications/stream",
        async stop =>
        {
            var page = await _client.Notifications.List(ct: stop);
            return (new NotificationSnapshot(page), page.LastEventId);
        },
        ct);

    /// <summary>A <see cref="FriendSnapshot"/>, then its events; another one where events were lost.</summary>
    public IAsyncEnumerable<StreamEvent> FollowFriends(CancellationToken ct = default) => Follow("friends/stream", TakeFriends, ct);

    /// <summary>A <see cref="PresenceSnapshot"/>, then its events; another one where events were lost.</summary>
    public IAsyncEnumerable<StreamEvent> FollowPresence(CancellationToken ct = default) => Follow(
        "online-status/stream",
        async stop =>
        {
            // The id of the presence first: what changes while the friends are read comes as an event.
            var lastEventId = (await _client.Presence.GetMany([_client.Session.UserId], stop)).LastEventId;
            var (friends, _) = await ListFriends(stop);
            return (new PresenceSnapshot(friends), lastEventId);
        },
        ct);

    private async IAsyncEnumerable<StreamEvent> Follow(
        string path, Func<CancellationToken, Task<(StreamEvent Snapshot, string LastEventId)>> take,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var (snapshot, lastEventId) = await _reader.Persist(take, ct);
        yield return snapshot;
        await foreach (var change in Read(path, lastEventId, ct))
            yield return change is StreamReset ? (await _reader.Persist(take, ct)).Snapshot : change;
    }

    private IAsyncEnumerable<StreamEvent> Read(string path, string? lastEventId, CancellationToken ct) =>
        _reader.Read(path, lastEventId, static _ => false, ct);

    /// <summary>Whether an event is not in a snapshot of this version. Typing is in none.</summary>
    private static bool IsAbove(RoomEvent change, long version) => change is TypingChanged || change.Version > version;

    private bool IsEndOfRoom(StreamEvent change) => change switch
    {
        StreamReset { Reason: StreamReset.RoomDeleted } => true,
        MemberChanged { Change: MemberChanged.Left } member => member.UserId == _client.Session.Current?.UserId,
        _ => false,
    };

    /// <summary>A room that the caller has left begins anew if they come back.</summary>
    private void Forget(StreamEvent change, Dictionary<long, long> versions)
    {
        if (!IsEndOfRoom(change)) return;
        if (change is RoomEvent { RoomId: var left }) versions.Remove(left);
        if (change is StreamReset { RoomId: { } deleted }) versions.Remove(deleted);
    }

    private async Task<RoomSnapshot> TakeRoom(long roomId, CancellationToken ct)
    {
        var page = await _client.Messages.List(roomId, ct: ct);
        return new RoomSnapshot(await _client.Rooms.Get(roomId, ct), page);
    }

    private async Task<IReadOnlyList<Room>> TakeRooms(CancellationToken ct)
    {
        var rooms = new List<Room>();
        string? cursor = null;
        do
        {
            var page = await _client.Rooms.List(MaxPage, cursor, ct);
            rooms.AddRange(page.Rooms);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        // A room may move to another page meanwhile.
        return [.. rooms.DistinctBy(room => room.Id)];
    }

    private async Task<(StreamEvent Snapshot, string LastEventId)> TakeFriends(CancellationToken ct)
    {
        var (friends, lastEventId) = await ListFriends(ct);
        var (sent, received) = (new List<Friendship>(), new List<Friendship>());
        string? cursor = null;
        do
        {
            var page = await _client.Friends.ListRequests(MaxPage, cursor, ct);
            sent.AddRange(page.Sent);
            received.AddRange(page.Received);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return (new FriendSnapshot(friends, sent, received), lastEventId);
    }

    /// <returns>With the id of the first page: what changes while the others are read comes as an event.</returns>
    private async Task<(IReadOnlyList<Friend> Friends, string LastEventId)> ListFriends(CancellationToken ct)
    {
        var first = await _client.Friends.List(MaxPage, cursor: null, ct);
        var friends = first.Friends.ToList();
        for (var cursor = first.NextCursor; cursor is not null;)
        {
            var page = await _client.Friends.List(MaxPage, cursor, ct);
            friends.AddRange(page.Friends);
            cursor = page.NextCursor;
        }
        return (friends, first.LastEventId ?? "");
    }

    private const int MaxPage = 100;
}
