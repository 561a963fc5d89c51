using BigTech.Chat.Domain;
using BigTech.Chat.Features;
using BigTech.Chat.Live;
using BigTech.Platform.Sql;

namespace BigTech.Chat.Storage;

/// <summary>
/// The store of the Chat context and the rooms that are in use, in memory. The only way to a room for a request is
/// <see cref="RoomAccess"/>; the only way to change one is <see cref="Change{T}"/>.
/// </summary>
internal sealed class ChatStore(Database database, RoomCache rooms, RoomHub hub, UserNames names, TimeProvider time)
{
    public Database Database { get; } = database;

    public RoomCache Rooms { get; } = rooms;

    /// <summary>A room as the last commit left it; null when there is none.</summary>
    public async ValueTask<Room?> Find(long roomId, CancellationToken ct)
    {
        if (Rooms.TryGet(roomId, out var room)) return room;
        room = await Database.Read(session => RoomRows.Load(session, roomId), ct);
        return room is null ? null : Rooms.AddIfAbsent(room);
    }

    /// <summary>
    /// Runs a change in the next group commit. What it does to rooms and messages, the events of it and their delivery to live streams
    /// happen together, after the commit, or not at all.
    /// </summary>
    public Task<T> Change<T>(Func<ChatTransaction, T> change) => Database.Write(new ChatWork<T>(this, change));

    private ChatTransaction Begin(WriteSession session)
    {
        var drafts = session.Shared(() => new RoomDrafts(Rooms), static (drafts, s) => drafts.Flush(s), static drafts => drafts.Publish());
        return new ChatTransaction(session, drafts, hub, names, time);
    }

    private sealed class ChatWork<T>(ChatStore store, Func<ChatTransaction, T> change) : WriteWork<T>
    {
        protected override T Execute(WriteSession session) => change(store.Begin(session));
    }
}
