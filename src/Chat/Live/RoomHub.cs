using System.Collections.Concurrent;

namespace BigTech.Chat.Live;

/// <summary>An open stream, as the hub sees it.</summary>
internal interface IRoomListener
{
    long UserId { get; }

    /// <summary>Whether it shows the one room and nothing else: its user has that room before his eyes.</summary>
    bool ShowsOneRoom { get; }

    void Push(RoomChange change);

    /// <summary>The listener is in the room's audience now, and must leave it when it ends.</summary>
    void Joined(long roomId);

    /// <summary>The user is no longer in the room of this change: the last thing of it that the stream may show.</summary>
    void PushLast(RoomChange change);
}

/// <summary>
/// Who listens to which room in this process. Only the writer publishes, in commit order, so that every listener sees a room's changes
/// in the order of their versions.
/// </summary>
internal sealed class RoomHub
{
    private readonly ConcurrentDictionary<long, Audience> _rooms = new();
    private readonly ConcurrentDictionary<long, HashSet<IRoomListener>> _users = new();

    private sealed class Audience
    {
        public readonly HashSet<IRoomListener> Listeners = [];
        public bool IsGone;
    }

    public void Join(long roomId, IRoomListener listener)
    {
        while (true)
        {
            var audience = _rooms.GetOrAdd(roomId, static _ => new Audience());
            lock (audience)
            {
                if (audience.IsGone) continue;
                audience.Listeners.Add(listener);
                listener.Joined(roomId);
                return;
            }
        }
    }

    public void Leave(long roomId, IRoomListener listener)
    {
        if (!_rooms.TryGetValue(roomId, out var audience)) return;
        lock (audience)
        {
            audience.Listeners.Remove(listener);
            if (audience.Listeners.Count > 0) return;
            audience.IsGone = true;
            _rooms.TryRemove(roomId, out _);
        }
    }

    /// <summary>The listener follows whatever rooms its user comes into, until <see cref="Unfollow"/>.</summary>
    public void Follow(IRoomListener listener)
    {
        lock (_users) _users.GetOrAdd(listener.UserId, static _ => []).Add(listener);
    }

    public void Unfollow(IRoomListener listener)
    {
        lock (_users)
        {
            if (!_users.TryGetValue(listener.UserId, out var streams)) return;
            streams.Remove(listener);
            if (streams.Count == 0) _users.TryRemove(listener.UserId, out _);
        }
    }

    /// <summary>A user has come into a room: his streams of all rooms join it.</summary>
    public void Admit(long userId, long roomId)
    {
        if (!_users.ContainsKey(userId)) return;
        lock (_users)
        {
            if (!_users.TryGetValue(userId, out var streams)) return;
            foreach (var stream in streams) Join(roomId, stream);
        }
    }

    /// <summary>Who has a room before his eyes; null when nobody.</summary>
    public IReadOnlySet<long>? ViewersOf(long roomId)
    {
        if (!_rooms.TryGetValue(roomId, out var audience)) return null;
        lock (audience)
        {
            var viewers = audience.Listeners.Where(listener => listener.ShowsOneRoom).Select(listener => listener.UserId).ToHashSet();
            return viewers.Count > 0 ? viewers : null;
        }
    }

    public void Publish(RoomChange change)
    {
        if (!_rooms.TryGetValue(change.RoomId, out var audience)) return;
        lock (audience)
        {
            foreach (var listener in audience.Listeners)
            {
                if (change.Removes == listener.UserId) listener.PushLast(change);
                else listener.Push(change);
            }
            if (change.Removes is { } removed) audience.Listeners.RemoveWhere(listener => listener.UserId == removed);
        }
    }
}
