using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Coherence;
using BigTech.Chat.Storage.Sql;

namespace BigTech.Chat.Storage;

/// <summary>
/// The store of the Chat context, and the rooms in use in memory. Requests reach a room only through <see cref="RoomAccess"/>, and change
/// one only through <see cref="Change{T}"/>.
/// </summary>
internal sealed class ChatStore(
    Store store, IMessages messages, RoomCache rooms, IRoomPublisher publisher, ChatUserReadModel users)
{
    public Store Sql { get; } = store;

    /// <summary>The messages, for readers whose access to the room was checked.</summary>
    public IMessages Messages { get; } = messages;

    public RoomCache Rooms { get; } = rooms;

    /// <summary>A room as the last commit left it; null when there is none.</summary>
    public async ValueTask<Room?> Find(long roomId, CancellationToken ct)
    {
        // Another process may have changed a room of a shared store.
        if (Rooms.TryGet(roomId, out var known) && !Sql.IsShared) return known;
        var drops = Rooms.Drops;
        var room = await Sql.Read(reader => RoomRows.Load(reader, roomId, known), ct);
        return room is null ? null : Rooms.Add(room, drops);
    }

    /// <summary>
    /// Whether no client can know a version of a room yet. A commit is in the store a moment before it is in memory, and a client that
    /// reads what it missed from the store may know its version by then.
    /// </summary>
    public async ValueTask<bool> IsAhead(Room room, long version, CancellationToken ct) =>
        version > room.Version && version > (await Sql.Read(reader => RoomRows.Load(reader, room.Id, room), ct))!.Version;

    /// <summary>
    /// Runs a change in the next group commit. Its changes of rooms and messages, its events and their delivery to live streams happen
    /// together, after the commit, or not at all.
    /// </summary>
    /// <param name="keys">What the change is going to read of the messages.</param>
    public Task<T> Change<T>(Func<ChatTransaction, T> change, MessageKeys keys = default) =>
        Sql.Write(new ChatCommand<T>(this, change, keys));

    private ChatTransaction Begin(UnitOfWork work)
    {
        var pending = Pending(work);
        var writer = Messages.In(work, pending);
        var transaction = new ChatTransaction(work, writer, pending, publisher, users);
        foreach (var uncommitted in writer.TakeUncommitted()) transaction.RollForward(uncommitted);
        return transaction;
    }

    private PendingRooms Pending(UnitOfWork work)
    {
        return work.BatchState(Begin, static (pending, s) => pending.Flush(s), static pending => pending.Publish());

        PendingRooms Begin()
        {
            // The actions after the commit do not run then, so the listeners miss the changes of this transaction.
            work.OnCommitInDoubt(publisher.ReportMissedEvents);
            work.OnPublishFailed(Rooms.Drop);
            work.OnPublishFailed(publisher.ReportMissedEvents);
            return new PendingRooms(Rooms, work.WriterEpoch);
        }
    }

    private sealed class ChatCommand<T>(ChatStore store, Func<ChatTransaction, T> change, MessageKeys keys) : WriteCommand<T>
    {
        protected override void BeforeBatch() => store.Messages.BeforeBatch();

        protected override bool IsReady => store.Messages.IsReady;

        protected override void Prepare(UnitOfWork work)
        {
            if (keys != default) store.Messages.Prefetch(work, store.Pending(work), keys);
        }

        protected override T Execute(UnitOfWork work) => change(store.Begin(work));
    }
}
