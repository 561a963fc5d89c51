using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using BigTech.Chat.Domain;

namespace BigTech.Chat.Storage;

/// <summary>
/// The rooms in use, as the last commit left them. The writer publishes every room that it changed; a reader only adds a room that is
/// absent, so that it can never put an older state in the place of a newer one.
/// </summary>
internal sealed class RoomCache(TimeProvider time, int capacity)
{
    // Long enough that no reader can still hold a state that it loaded before the room was last published.
    private static readonly TimeSpan ShortestStay = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<long, Entry> _rooms = new();
    private int _sweeping;

    private sealed class Entry(Room room, long now)
    {
        public Room Room = room;
        public long LastUse = now;
    }

    public bool TryGet(long id, [MaybeNullWhen(false)] out Room room)
    {
        if (_rooms.TryGetValue(id, out var entry))
        {
            entry.LastUse = time.GetTimestamp();
            room = Volatile.Read(ref entry.Room);
            return true;
        }
        room = null;
        return false;
    }

    public Room AddIfAbsent(Room room)
    {
        if (_rooms.Count >= capacity) Sweep();
        return Volatile.Read(ref _rooms.GetOrAdd(room.Id, static (_, made) => new Entry(made.room, made.now), (room, now: time.GetTimestamp())).Room);
    }

    /// <summary>For the writer alone, after a commit.</summary>
    public void Publish(Room room)
    {
        var now = time.GetTimestamp();
        var entry = _rooms.GetOrAdd(room.Id, static (_, made) => new Entry(made.room, made.now), (room, now));
        entry.LastUse = now;
        Volatile.Write(ref entry.Room, room);
    }

    private void Sweep()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) == 1) return;
        foreach (var (id, entry) in _rooms)
        {
            if (time.GetElapsedTime(entry.LastUse) > ShortestStay) _rooms.TryRemove(id, out _);
        }
        Volatile.Write(ref _sweeping, 0);
    }
}
