using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Sql;

namespace BigTech.Chat.Storage.Coherence;

/// <summary>
/// The rooms that one transaction has changed, ahead of the store: sixty messages to a room take sixty places here and write the
/// room's row once.
/// </summary>
/// <param name="epoch">The transaction's epoch; see <see cref="UnitOfWork.WriterEpoch"/>.</param>
internal sealed class PendingRooms(RoomCache cache, long epoch)
{
    private readonly Dictionary<long, PendingRoom> _drafts = [];

    private sealed class PendingRoom(Room room)
    {
        public Room Room = room;
        public bool IsDirty;
        public HashSet<long>? MovedReaders;
    }

    /// <summary>A room with all changes of this transaction so far; null when there is none.</summary>
    public Room? Find(UnitOfWork work, long roomId)
    {
        if (_drafts.TryGetValue(roomId, out var draft)) return draft.Room;
        var room = cache.Current(work, roomId);
        if (room is not null) _drafts.Add(roomId, new PendingRoom(room));
        return room;
    }

    public void Save(Room room, long? movedReader)
    {
        if (!_drafts.TryGetValue(room.Id, out var draft)) _drafts.Add(room.Id, draft = new PendingRoom(room));
        draft.Room = room;
        draft.IsDirty = true;
        if (movedReader is { } reader) (draft.MovedReaders ??= []).Add(reader);
    }

    /// <summary>Writes the counters and read positions, once for each room and reader.</summary>
    public void Flush(UnitOfWork work)
    {
        var changed = _drafts.Values.Where(draft => draft.IsDirty).ToList();
        if (work.WriterEpoch > 0 && changed.Count > 0) ChangedRooms.Record(work, changed.Select(draft => draft.Room.Id));
        foreach (var draft in changed)
        {
            RoomRows.SaveCounters(work, draft.Room);
            foreach (var reader in draft.MovedReaders ?? [])
            {
                if (draft.Room.Members.TryGetValue(reader, out var member)) RoomRows.SavePosition(work, draft.Room.Id, member);
            }
        }
    }

    /// <summary>
    /// Runs after the commit, and before any of its events reaches a stream: a listener that joins now finds a room at least as new as the
    /// events that it receives.
    /// </summary>
    public void Publish()
    {
        foreach (var draft in _drafts.Values)
        {
            if (draft.IsDirty) cache.Publish(draft.Room, epoch);
        }
    }
}
