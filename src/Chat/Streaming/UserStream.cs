using System.Buffers;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage.Sql;
using Microsoft.AspNetCore.Http;

namespace BigTech.Chat.Streaming;

/// <summary>
/// The live stream of all of a user's rooms, including rooms that they enter later. Its event ids hold the client's version of each room;
/// see <see cref="UserEventId"/>.
/// </summary>
internal sealed class UserStream(
    HttpContext http, UserSession caller, StreamServices services)
    : EventStream<StreamEvent>(http, caller, services.Registry), IRoomListener
{
    private readonly SortedList<long, long> _versions = [];
    private readonly SortedList<long, long> _vector = [];
    private readonly Queue<long> _vectorOrder = [];
    private readonly HashSet<long> _joined = [];
    private bool _isComplete = true;
    private volatile bool _isOpening = true;

    public override string Kind => "all_rooms";

    long IRoomListener.UserId => Caller.UserId;

    bool IRoomListener.ShowsOneRoom => false;

    bool IRoomListener.IsOpening => _isOpening;

    void IRoomListener.PushLast(StreamEvent e) => Push(e);

    void IRoomListener.Joined(long roomId)
    {
        lock (_joined) _joined.Add(roomId);
    }

    protected override async Task Open(CancellationToken ct)
    {
        services.Hub.Follow(this);
        var rooms = await JoinRooms(ct);
        var position = UserPosition.Parse(LastEventId);
        if (position is null)
        {
            StartAt(rooms, room => room.Version);
            WriteOpening(ControlEvents.Ready, "\"resumed\":false", rooms);
            return;
        }
        if (await ReasonToStartOver(rooms, position, ct) is { } reason)
        {
            StartOver(reason, rooms);
            return;
        }
        // A lost room stays in the ids until its last event is sent: a client that disconnects before then receives it the next time.
        var lost = position.Versions.Keys.Except(rooms.Select(room => room.Id)).ToList();
        foreach (var id in lost) Advance(id, position.Versions[id]);
        StartAt(rooms.Where(room => position.Versions.ContainsKey(room.Id)), room => position.Versions[room.Id]);
        CountResume();
        WriteOpening(ControlEvents.Ready, "\"resumed\":true", rooms);
        foreach (var id in lost) await SendLostRoom(id, ct);
        foreach (var room in rooms)
        {
            await CatchUp(room, position, ct);
            if (!IsReplayTooLarge) continue;
            StartOver("too_large", rooms);
            return;
        }
    }

    protected override void Write(StreamEvent e)
    {
        if (e.IsEphemeral)
        {
            // Not before the room itself is sent, nor after changes that the stream has read and the hub has yet to deliver.
            if (!_versions.TryGetValue(e.RoomId, out var reached) || e.Version < reached) return;
            WriteId();
            Output.Write(e.Body);
            return;
        }
        var isKnown = _versions.TryGetValue(e.RoomId, out var known);
        // A change of a room that is not known belongs to a membership that has ended. A new one begins with an introduction.
        if (isKnown == e.IsIntroduction || (isKnown && e.Version <= known)) return;
        if (e.Takes(Caller.UserId)) Forget(e.RoomId);
        else Advance(e.RoomId, e.Version);
        WriteId();
        Output.Write(e.Body);
    }

    protected override Task WriteLagged()
    {
        CountReset("slow_consumer");
        WriteId();
        SseFrame.Write(Output, ControlEvents.Reset, string.Create(
            CultureInfo.InvariantCulture, $"{{\"reason\":\"slow_consumer\",\"version\":{Sum()},\"start_over\":\"/chat-rooms\"}}"));
        return Task.CompletedTask;
    }

    protected override void Leave()
    {
        services.Hub.Unfollow(this);
        lock (_joined)
        {
            foreach (var room in _joined) services.Hub.Leave(room, this);
        }
    }

    /// <summary>
    /// Joins every room of the user, then reads them: later commits are in the queue. Rooms that the user enters meanwhile are looked up
    /// once more. From then on the hub brings the stream up to date in the rooms to which it is added.
    /// </summary>
    private async Task<List<Room>> JoinRooms(CancellationToken ct)
    {
        var rooms = new Dictionary<long, Room>();
        await JoinNewRooms();
        _isOpening = false;
        await JoinNewRooms();
        return [.. rooms.Values];

        async Task JoinNewRooms()
        {
            foreach (var id in await services.Store.Sql.Read(reader => RoomRows.RoomsOf(reader, Caller.UserId), ct))
            {
                if (!rooms.ContainsKey(id) && await JoinRoom(id, ct) is { } room) rooms.Add(id, room);
            }
        }
    }

    /// <summary>
    /// Joins a room that the user was in a moment ago. Null when they are no longer in it: the hub sent that change before this stream
    /// joined, so the stream leaves by itself and drops the events that it received meanwhile.
    /// </summary>
    private async ValueTask<Room?> JoinRoom(long roomId, CancellationToken ct)
    {
        Room? room;
        do
        {
            services.Hub.Join(roomId, this);
            if (await services.Store.Find(roomId, ct) is { } joined && joined.HasMember(Caller.UserId))
            {
                services.Hub.SetBaseline(roomId, joined.Version);
                return joined;
            }
            services.Hub.Leave(roomId, this);
            room = await services.Store.Find(roomId, ct);
        }
        // The user may have been added again just before the stream left.
        while (room?.HasMember(Caller.UserId) == true);
        return null;
    }

    private async ValueTask<string?> ReasonToStartOver(List<Room> rooms, UserPosition position, CancellationToken ct)
    {
        if (!position.IsValid) return "unknown_id";
        if (position.UserId is { } owner && owner != Caller.UserId) return "foreign_id";
        foreach (var room in rooms)
        {
            if (position.Versions.TryGetValue(room.Id, out var known) && await services.Store.IsAhead(room, known, ct)) return "future_id";
        }
        return rooms.Sum(room => room.Version - position.Since(room, Caller.UserId)) > RoomReplay.MaxGap ? "too_far" : null;
    }

    private void StartOver(string reason, List<Room> rooms)
    {
        CountReset(reason);
        StartAt(rooms, room => room.Version);
        WriteOpening(ControlEvents.Reset, $"\"reason\":\"{reason}\",\"start_over\":\"/chat-rooms\"", rooms);
    }

    private void StartAt(IEnumerable<Room> rooms, Func<Room, long> version)
    {
        foreach (var room in rooms.OrderBy(room => room.LastActivityAt)) Advance(room.Id, version(room));
    }

    private async Task CatchUp(Room room, UserPosition position, CancellationToken ct)
    {
        var since = position.Since(room, Caller.UserId);
        if (position.Knows(room.Id))
        {
            await Replay(room.Id, since, ct);
        }
        else if (position.IsComplete)
        {
            Write(RoomEvents.Introduction(room, since));
            await Replay(room.Id, since, ct);
        }
        else
        {
            const string reason = "too_many_rooms";
            CountReset(reason);
            Advance(room.Id, room.Version);
            WriteId();
            SseFrame.Write(
                Output, ControlEvents.Reset, RoomEvents.ResetData(reason, room.Id, room.Version, $"/messages/{room.Id}"));
        }
    }

    private async Task Replay(long roomId, long since, CancellationToken ct)
    {
        try
        {
            if (await services.Replay.Send(roomId, since, Caller.UserId, Write, FlushPage, ct) is { } reached) Advance(roomId, reached);
        }
        catch (AppError error) when (error.Kind is ErrorKind.Forbidden or ErrorKind.NotFound)
        {
            // The user has just lost the room. The other rooms go on. The stream is a listener by now, so the hub delivers that change.
        }
    }

    private async Task<bool> FlushPage()
    {
        await Flush();
        return !IsReplayTooLarge;
    }

    /// <summary>A room that the client knows and the user is no longer in.</summary>
    private async Task SendLostRoom(long roomId, CancellationToken ct)
    {
        Forget(roomId);
        if (await LastEventOf(roomId, ct) is not { } last) return;
        WriteId();
        Output.Write(last.Body);
    }

    /// <summary>Null when the user never was in the room. The membership may change meanwhile.</summary>
    private async Task<StreamEvent?> LastEventOf(long roomId, CancellationToken ct) =>
        await services.Replay.Loss(roomId, Caller, ct) ?? await Rejoined(roomId, ct) ?? await services.Replay.Loss(roomId, Caller, ct);

    /// <summary>For a member again, whose introduction is in the queue: what the client has of the room ends.</summary>
    private async Task<StreamEvent?> Rejoined(long roomId, CancellationToken ct) =>
        (await services.Store.Find(roomId, ct))?.Members.GetValueOrDefault(Caller.UserId) is { } member
            ? RoomEvents.Member(roomId, member.SeesFrom, Caller.UserId, Caller.Username, RoomEvents.Left, null)
            : null;

    private void Advance(long roomId, long version)
    {
        _versions[roomId] = _versions.TryGetValue(roomId, out var known) ? Math.Max(known, version) : version;
        if (!_vector.ContainsKey(roomId))
        {
            _vectorOrder.Enqueue(roomId);
            while (_vector.Count >= UserEventId.MaxRooms)
            {
                // A room that was forgotten may still be in the order.
                if (_vector.Remove(_vectorOrder.Dequeue())) _isComplete = false;
            }
        }
        _vector[roomId] = _versions[roomId];
    }

    private void Forget(long roomId)
    {
        _versions.Remove(roomId);
        // Its entry in the order remains, and may drop the room early if it comes back: a shorter vector is still correct.
        _vector.Remove(roomId);
    }

    private long Sum()
    {
        long sum = 0;
        foreach (var version in _versions.Values) sum += version;
        return sum;
    }

    private void WriteOpening(string name, string fields, List<Room> rooms)
    {
        WriteId();
        SseFrame.Write(Output, name, $"{{{fields},\"version\":{rooms.Sum(room => room.Version)}}}");
    }

    private void WriteId()
    {
        Output.Write("id: "u8);
        var target = Output.GetSpan(UserEventId.MaxLength(_vector.Count));
        Output.Advance(UserEventId.Write(Caller.UserId, _vector, _isComplete, target));
        Output.Write("\n"u8);
    }
}
