using BigTech.Chat.Domain;
using BigTech.Chat.Features;
using BigTech.Chat.Live;
using BigTech.Platform.Sql;

namespace BigTech.Chat.Storage;

/// <summary>
/// The store of the Chat context and the rooms that are in use, in memory. The only way to a room for a request is
/// <see cref="RoomAccess"/>; the only way to change one is <see cref="Change{T}"/>.
/// </summary>
internal sealed class ChatStore(
    Database database, IMessages messages, RoomCache rooms, RoomHub hub, UserNames names, TimeProvider time)
{
    public Database Database { get; } = database;

    /// <summary>The messages, for readers who have been let into their room.</summary>
    public IMessages Messages { get; } = messages;

    public RoomCache Rooms { get; } = rooms;

    /// <summary>A room as the last commit left it; null when there is none.</summary>
    public async ValueTask<Room?> Find(long roomId, CancellationToken ct)
    {
        // Another process may have changed a room of a shared store.
        if (Rooms.TryGet(roomId, out var known) && !Database.IsShared) return known;
        var room = await Database.Read(session => RoomRows.Load(session, roomId, known), ct);
        return room is null ? null : Rooms.Add(room);
    }

    /// <summary>
    /// Runs a change in the next group commit. What it does to rooms and messages, the events of it and their delivery to live streams
    /// happen together, after the commit, or not at all.
    /// </summary>
    /// <param name="keys">What the change is going to ask the messages for.</param>
    public Task<T> Change<T>(Func<ChatTransaction, T> change, MessageKeys keys = default) => Database.Write(new ChatWork<T>(this, change, keys));

    private ChatTransaction Begin(WriteSession session)
    {
        var drafts = Drafts(session);
        var writer = Messages.In(session, drafts);
        var transaction = new ChatTransaction(session, writer, drafts, hub, names, time);
        foreach (var unsettled in writer.TakeUnsettled()) transaction.Adopt(unsettled);
        return transaction;
    }

    private RoomDrafts Drafts(WriteSession session) =>
        session.Shared(() => new RoomDrafts(Rooms, session.Turn), static (drafts, s) => drafts.Flush(s), static drafts => drafts.Publish());

    private sealed class ChatWork<T>(ChatStore store, Func<ChatTransaction, T> change, MessageKeys keys) : WriteWork<T>
    {
        protected override void Prepare(WriteSession session)
        {
            if (keys != default) store.Messages.Expect(session, store.Drafts(session), keys);
        }

        protected override T Execute(WriteSession session) => change(store.Begin(session));
    }
}
