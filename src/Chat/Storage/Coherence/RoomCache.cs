using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Sql;

namespace BigTech.Chat.Storage.Coherence;

/// <summary>
/// The rooms in use, as the last commit left them, within a budget of memory: beyond it, rooms that were not used of late are dropped.
/// Every change of a room raises its version, so of two states the one with the higher version is newer and replaces the other.
/// </summary>
/// <param name="budget">In bytes, as <see cref="WeightOf"/> estimates them.</param>
internal class RoomCache(long budget)
{
    // What the objects of a room, its entry here and each of its members take; a test compares the estimate with the heap.
    private const int RoomBytes = 480;
    private const int MemberBytes = 160;
    private const int CharacterBytes = 2;

    // How many used rooms are passed over in a row before one of them goes.
    private const int MostSpared = 1000;

    private readonly ConcurrentDictionary<long, Entry> _rooms = new();
    private readonly ConcurrentQueue<Entry> _clock = new();
    private readonly Slot[] _slots = [.. Enumerable.Range(0, 1024).Select(_ => new Slot())];
    private long _bytes;
    private long _drops;

    // Owned by the writer: the epoch of a shared store up to which changes are known, and the age in which verified states are valid.
    private long _knownEpoch;
    private long _age;

    /// <summary>A room's place. Whoever changes it, but for the fields of the writer and <see cref="WasUsed"/>, locks it.</summary>
    private sealed class Entry(Room room)
    {
        public readonly long Id = room.Id;
        public Room Room = room;
        public long Weight;
        public bool IsDropped;

        /// <summary>Whether it was used since it last came up for being dropped.</summary>
        public bool WasUsed;

        /// <summary>The state that the writer has verified as the last one, and the age in which it did.</summary>
        public Room? Verified;
        public long VerifiedAt;
    }

    /// <summary>The last drop among the rooms that share the slot. Locked while a reader adds a room, and while one is dropped.</summary>
    private sealed class Slot
    {
        public long LastDrop;
    }

    public int Count => _rooms.Count;

    /// <summary>The estimated memory of the rooms.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How many rooms have been dropped. A reader takes it before it reads a room from the store.</summary>
    public long Drops => Interlocked.Read(ref _drops);

    /// <summary>An estimate of the memory that a room in the cache takes.</summary>
    public static long WeightOf(Room room) =>
        RoomBytes + (long)room.Members.Count * MemberBytes + (room.Name?.Length ?? 0) * CharacterBytes;

    public bool TryGet(long id, [MaybeNullWhen(false)] out Room room)
    {
        if (_rooms.TryGetValue(id, out var entry))
        {
            Touch(entry);
            room = Volatile.Read(ref entry.Room);
            return true;
        }
        room = null;
        return false;
    }

    /// <summary>
    /// Adds a room that was read from the store, unless the cache has a newer state, or had one that was dropped meanwhile: then nothing
    /// would ever correct it.
    /// </summary>
    /// <param name="drops"><see cref="Drops"/> before the read.</param>
    /// <returns>The newer of the two.</returns>
    public virtual Room Add(Room room, long drops)
    {
        var slot = SlotOf(room.Id);
        Room newest;
        lock (slot)
        {
            if (slot.LastDrop > drops) return room;
            newest = Volatile.Read(ref Put(room).Room);
        }
        Trim();
        return newest;
    }

    /// <summary>For the writer alone: a room after the last commit of any process; null when there is none.</summary>
    public Room? Current(UnitOfWork work, long id)
    {
        CatchUp(work);
        if (_rooms.TryGetValue(id, out var entry))
        {
            Touch(entry);
            if (entry.Verified is { } verified && entry.VerifiedAt == _age) return verified;
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

    /// <summary>For the writer alone, when a publication failed: any room may be newer in the store.</summary>
    public void Drop()
    {
        _age++;
        foreach (var slot in _slots)
        {
            lock (slot) slot.LastDrop = Interlocked.Increment(ref _drops);
        }
        while (_clock.TryDequeue(out var entry)) Drop(entry);
        foreach (var entry in _rooms.Values) Drop(entry);
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
        Touch(entry);
        (entry.Verified, entry.VerifiedAt) = (room, _age);
        Trim();
    }

    private Entry Put(Room room)
    {
        while (true)
        {
            var entry = _rooms.GetOrAdd(room.Id, static (_, added) => new Entry(added), room);
            lock (entry)
            {
                // It is about to leave the dictionary.
                if (entry.IsDropped) continue;
                var isNew = entry.Weight == 0;
                if (entry.Room.Version < room.Version)
                {
                    Volatile.Write(ref entry.Room, room);
                    // Otherwise an entry would hold two rooms.
                    entry.Verified = null;
                }
                Weigh(entry, WeightOf(entry.Room));
                if (isNew) _clock.Enqueue(entry);
            }
            return entry;
        }
    }

    private void Weigh(Entry entry, long weight)
    {
        if (weight == entry.Weight) return;
        Interlocked.Add(ref _bytes, weight - entry.Weight);
        entry.Weight = weight;
    }

    /// <summary>
    /// Drops rooms until the others are within the budget: in the order in which they came, but one that was used since it last came up
    /// gets another round. A transaction keeps what it uses in <see cref="PendingRooms"/>, and verifies again what it needs again.
    /// </summary>
    private void Trim()
    {
        for (var spared = 0; Bytes > budget && _clock.TryDequeue(out var entry);)
        {
            if (entry.WasUsed && spared++ < MostSpared)
            {
                entry.WasUsed = false;
                _clock.Enqueue(entry);
                continue;
            }
            Drop(entry);
        }
    }

    private void Drop(Entry entry)
    {
        var slot = SlotOf(entry.Id);
        lock (slot)
        {
            lock (entry)
            {
                if (entry.IsDropped) return;
                entry.IsDropped = true;
                Weigh(entry, 0);
                _rooms.TryRemove(KeyValuePair.Create(entry.Id, entry));
            }
            slot.LastDrop = Interlocked.Increment(ref _drops);
        }
    }

    private Slot SlotOf(long id) => _slots[id & (_slots.Length - 1)];

    private static void Touch(Entry entry)
    {
        // Most rooms that are used are used often: reading is cheaper than sharing a written line between processors.
        if (!entry.WasUsed) entry.WasUsed = true;
    }
}
