using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage.Coherence;

namespace BigTech.Chat.Storage;

/// <summary>
/// The messages of all rooms: rows of Chat's own store, or documents of a separate one. Rooms and members are always rows. In both cases a
/// message and its room's counters become consistent: a message that a room does not count yet is not shown, and is never lost.
/// </summary>
internal interface IMessages
{
    /// <summary>Runs a read outside any transaction.</summary>
    /// <exception cref="AppError">503 <c>store_unavailable</c>, <c>overloaded</c>.</exception>
    ValueTask<T> Read<T>(Func<IMessageReader, ValueTask<T>> read, CancellationToken ct);

    /// <summary>The messages within a read of the rooms' store, at the same moment; null when they are in another store.</summary>
    IMessageReader? In(ReadSession snapshot);

    /// <summary>Whether <see cref="BeforeBatch"/> has nothing to wait for; asked on the writer's thread.</summary>
    bool IsReady { get; }

    /// <summary>Called before the transactions that need the messages, on the writer's thread.</summary>
    /// <exception cref="System.Data.Common.DbException">The messages are unavailable.</exception>
    void BeforeBatch();

    /// <summary>
    /// Announces what a change is going to read, before the first change of the transaction runs: a remote store fetches it for all of them
    /// at once.
    /// </summary>
    void Prefetch(UnitOfWork work, PendingRooms pending, MessageKeys keys);

    /// <summary>The messages as a transaction reads and changes them.</summary>
    IMessageWriter In(UnitOfWork work, PendingRooms pending);

    /// <summary>Deletes some of the messages of a room that is deleted.</summary>
    /// <returns>Whether any may remain.</returns>
    /// <exception cref="AppError">503 <c>store_unavailable</c>, <c>overloaded</c>.</exception>
    Task<bool> Erase(long roomId, CancellationToken ct);
}

/// <summary>Messages as readers see them. Readers pass the room that they have: messages newer than that room are not returned.</summary>
internal interface IMessageReader
{
    ValueTask<Message?> Find(string id);

    /// <summary>The newest message of each room that has one, by room.</summary>
    ValueTask<Dictionary<long, Message>> Last(IReadOnlyCollection<Room> rooms);

    /// <summary>Up to <paramref name="limit"/> messages below a seq, newest first.</summary>
    ValueTask<List<StoredMessage>> Before(Room room, long seq, int limit, int skip = 0);

    /// <summary>Up to <paramref name="limit"/> messages above a seq, oldest first.</summary>
    ValueTask<List<StoredMessage>> After(Room room, long seq, int limit);

    /// <summary>The newest of the given messages; null unless all of them are in the room.</summary>
    ValueTask<Message?> Newest(long roomId, IReadOnlyCollection<string> ids);

    /// <summary>The messages with these places in a room, by seq.</summary>
    ValueTask<Dictionary<long, Message>> BySeq(long roomId, IReadOnlyCollection<long> seqs);

    /// <summary>The deleted messages behind a place in each room, up to the room's last one; rooms without any may be left out.</summary>
    ValueTask<Dictionary<long, long>> CountDeleted(IReadOnlyCollection<UnreadPlaces> places);

    /// <summary>
    /// The messages that were sent after a version, up to the room's last one, and those that were edited, deleted or reacted to after it.
    /// A change beyond the room's version shows that the room is outdated: it replaces an earlier change of the same message.
    /// </summary>
    ValueTask<List<ReplayEntry>> Changes(Room room, long since);
}

/// <summary>Messages within a transaction, with its own changes so far.</summary>
internal interface IMessageWriter
{
    Message? Find(string id);

    /// <summary>The message that an author sent under a client id, with the hash of that first request.</summary>
    (Message Message, byte[] RequestHash)? FindByClientId(ClientKey key);

    /// <summary>Stores a message; its event must be appended next. False when its author has used its client id in the room.</summary>
    bool TryInsert(Message message, byte[] body, byte[]? requestHash);

    /// <summary>Stores a changed message that was found here; its event must be appended next.</summary>
    /// <param name="reaction">The reaction, if nothing else has changed.</param>
    void SaveChange(Message message, byte[] body, ReactionChange? reaction = null);

    /// <summary>Messages that the store has and their rooms do not count yet, once, in the order in which they happened.</summary>
    IReadOnlyList<UncommittedMessage> TakeUncommitted();
}

/// <summary>Makes sending idempotent.</summary>
internal readonly record struct ClientKey(long RoomId, long UserId, string ClientMessageId);

/// <summary>What a change is going to read of the messages.</summary>
internal readonly record struct MessageKeys(string? MessageId = null, ClientKey? Client = null);
