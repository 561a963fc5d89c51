using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Sql;

namespace BigTech.Chat.Storage.Coherence;

/// <summary>
/// The rooms in use, as the last commit left them. Every change of a room raises its version, so of two states the one with the higher
/// version is newer and replaces the other.
/// </summary>
internal sealed class RoomCache(TimeProvider time, int capacity)
{
    // Long enough that no reader can still hold a state that it loaded before the room was last published.
    private static readonly TimeSpan ShortestStay = TimeSpan.FromMinutes(10);

    // A sweep visits every room, so it must not run for every request when there is nothing to drop.
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<long, Entry> _rooms = new();
    private long _nextSweep = time.GetTimestamp();

    // Owned by the writer: the epoch of a shared store up to which changes are known, and the age in which verified states are valid.
    private long _knownEpoch;
    private long _age;

    private sealed class Entry(Room room, long now)
    {
        public Room Room = room;
        public long LastUse = now;

        /// <summary>The state that the writer has verified as the last one, and the age in which it did.</summary>
        public Room? Verified;
        public long VerifiedAt;
    }

    public int Count => _rooms.Count;

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

    /// <summary>Adds a room that was read from the store, unless the cache has a newer state.</summary>
    /// <returns>The newer of the two.</returns>
    public Room Add(Room room)
    {
        if (_rooms.Count >= capacity) Sweep();
        return Volatile.Read(ref Put(room).Room);
    }

    /// <summary>For the writer alone: a room after the last commit of any process; null when there is none.</summary>
    public Room? Current(UnitOfWork work, long id)
    {
        var isShared = work.WriterEpoch > 0;
        CatchUp(work);
        if (_rooms.TryGetValue(id, out var entry))
        {
            entry.LastUse = time.GetTimestamp();
            if (entry.Verified is { } verified && entry.VerifiedAt == _age) return verified;
            if (!isShared && _age == 0) return Volatile.Read(ref entry.Room);
        }
        var room = RoomRows.Load(work, id, entry is null ? null : Volatile.Read(ref entry.Room)).Now();
        if (room is not null) MarkVerified(room);
        return room;
    }

    /// <summary>For the writer alone, after a commit.</summary>
    /// <param name="epoch">The transaction's epoch: its changes need not be read.</param>
    public void Publish(Room room, long epoch)
    {
        MarkVerified(room);
        if (_knownEpoch == epoch - 1) _knownEpoch = epoch;
    }

    /// <summary>
    /// For the writer alone, when a publication failed: any room may be newer in the store. A room that a reader adds from now on is
    /// verified by the writer before use.
    /// </summary>
    public void Drop()
    {
        _age++;
        _rooms.Clear();
    }

    /// <summary>Once in each transaction of a shared store, invalidates the rooms that other processes have changed.</summary>
    private void CatchUp(UnitOfWork work)
    {
        var before = work.WriterEpoch - 1;
        if (before <= _knownEpoch) return;
        var changed = ChangedRooms.Between(work, _knownEpoch, work.WriterEpoch);
        if (changed is null) _age++;
        foreach (var id in changed ?? [])
        {
            if (_rooms.TryGetValue(id, out var entry)) entry.Verified = null;
        }
        _knownEpoch = before;
    }

    private void MarkVerified(Room room)
    {
        var entry = Put(room);
        entry.LastUse = time.GetTimestamp();
        (entry.Verified, entry.VerifiedAt) = (room, _age);
    }

    private Entry Put(Room room)
    {
        var entry = _rooms.GetOrAdd(room.Id, static (_, made) => new Entry(made.room, made.now), (room, now: time.GetTimestamp()));
        var present = Volatile.Read(ref entry.Room);
        while (present.Version < room.Version)
        {
            var found = Interlocked.CompareExchange(ref entry.Room, room, present);
            if (ReferenceEquals(found, present)) break;
            present = found;
        }
        return entry;
    }

    private void Sweep()
    {
        var (now, next) = (time.GetTimestamp(), Volatile.Read(ref _nextSweep));
        if (now < next || Interlocked.CompareExchange(ref _nextSweep, now + (long)(BetweenSweeps.TotalSeconds * time.TimestampFrequency),
            next) != next)
        {
            return;
        }
        foreach (var (id, entry) in _rooms)
        {
            if (time.GetElapsedTime(entry.LastUse) > ShortestStay) _rooms.TryRemove(id, out _);
        }
    }
}
