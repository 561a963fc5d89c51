namespace BigTech.WebClient.State;

/// <summary>All rooms of the user, by the events of the stream of all rooms.</summary>
public sealed class RoomList(ChatClient chat) : Observable
{
    private readonly Dictionary<long, RoomEntry> _rooms = [];
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly HashSet<long> _loading = [];
    private readonly HashSet<long> _counting = [];

    /// <summary>Whether the list is here.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Latest activity first.</summary>
    public IEnumerable<RoomEntry> Rooms =>
        _rooms.Values.OrderByDescending(entry => entry.Room.LastActivityAt).ThenByDescending(entry => entry.Id);

    /// <summary>How many messages are unread in all rooms.</summary>
    public long Unread => _rooms.Values.Sum(entry => entry.Room.UnreadCount);

    /// <summary>An event of a room, after the list has applied it.</summary>
    public event Action<StreamEvent>? Applied;

    public RoomEntry? Find(long id) => _rooms.GetValueOrDefault(id);

    /// <summary>A room that a call has answered with: it may come before its events.</summary>
    public void Put(Room room)
    {
        if (_rooms.TryGetValue(room.Id, out var known)) known.Replace(room);
        else _rooms[room.Id] = new RoomEntry(room);
        Tell();
    }

    public void Remove(long roomId)
    {
        _rooms.Remove(roomId);
        Tell();
    }

    public void Clear()
    {
        _rooms.Clear();
        IsLoaded = false;
        Tell();
    }

    public void Apply(StreamEvent change)
    {
        switch (change)
        {
            case RoomListSnapshot snapshot:
                _rooms.Clear();
                foreach (var room in snapshot.Rooms) _rooms[room.Id] = new RoomEntry(room);
                IsLoaded = true;
                break;
            case RoomSnapshot snapshot:
                Put(snapshot.Room);
                break;
            case StreamReset { Reason: StreamReset.RoomDeleted, RoomId: { } deleted }:
                _rooms.Remove(deleted);
                break;
            case MemberChanged { Change: MemberChanges.Left } left when left.UserId == chat.Session.Current?.UserId:
                _rooms.Remove(left.RoomId);
                break;
            case RoomEvent of:
                Apply(of);
                break;
            default:
                return;
        }
        Applied?.Invoke(change);
        Tell();
    }

    private void Apply(RoomEvent change)
    {
        if (!_rooms.TryGetValue(change.RoomId, out var entry))
        {
            if (change is not RoomChanged { Room: var room }) return;
            _rooms[room.Id] = entry = new RoomEntry(room with { Version = change.Version, LastActivityAt = room.UpdatedAt });
            _ = Load(entry);
        }
        else if (chat.Session.Current is { UserId: var me })
        {
            _ = entry.Apply(change, me) switch
            {
                Missing.Unread => CountUnread(entry),
                Missing.Members => Load(entry),
                _ => Task.CompletedTask,
            };
        }
        if (change is TypingChanged { IsTyping: true }) _ = TellWhenItEnds();
    }

    /// <summary>Loads what the events of a room do not say. More events may come meanwhile.</summary>
    private async Task Load(RoomEntry entry)
    {
        if (!_loading.Add(entry.Id)) return;
        try
        {
            while (await Fetch(entry) is { } room && !entry.Replace(room)) await Task.Delay(Pause);
            Tell();
        }
        catch (ChatApiException)
        {
            // The user is no member any more: the room's own event says so.
        }
        finally
        {
            _loading.Remove(entry.Id);
        }
    }

    private Task<Room?> Fetch(RoomEntry entry) => Retried.Until(ct => chat.Rooms.Get(entry.Id, ct), () => Find(entry.Id) == entry);

    /// <summary>A member who stops to write may not say so.</summary>
    private async Task TellWhenItEnds()
    {
        await Task.Delay(RoomEntry.TypingLifetime);
        Tell();
    }

    /// <summary>Counts what is unread. A count that was overtaken by events is taken again.</summary>
    private async Task CountUnread(RoomEntry entry)
    {
        if (!_counting.Add(entry.Id)) return;
        try
        {
            var version = entry.Room.Version;
            var count = await chat.Messages.CountUnread(entry.Id);
            while (entry.Room.Version != version && Find(entry.Id) == entry)
            {
                await Task.Delay(Pause);
                version = entry.Room.Version;
                count = await chat.Messages.CountUnread(entry.Id);
            }
            entry.CountUnread(count);
            Tell();
        }
        catch (Exception error) when (error is HttpRequestException or ChatApiException or OperationCanceledException)
        {
            // The next event of the room, or the next snapshot, has it.
        }
        finally
        {
            _counting.Remove(entry.Id);
        }
    }
}
