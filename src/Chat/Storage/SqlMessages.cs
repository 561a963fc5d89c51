using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage.Coherence;
using BigTech.Chat.Storage.Sql;

namespace BigTech.Chat.Storage;

/// <summary>Messages as rows beside their rooms: one transaction contains both, so no message is ever uncommitted.</summary>
internal sealed class SqlMessages(Store store) : IMessages
{
    // Few enough that senders wait for a batch no longer than for each other.
    private const int EraseBatchSize = 500;

    public ValueTask<T> Read<T>(Func<IMessageReader, ValueTask<T>> read, CancellationToken ct) =>
        store.Read(reader => read(new Reader(reader)), ct);

    public IMessageReader? In(ReadSession snapshot) => new Reader(snapshot);

    public bool IsReady => true;

    public void BeforeBatch()
    {
        // The messages are in the store of the transaction.
    }

    public void Prefetch(UnitOfWork work, PendingRooms pending, MessageKeys keys)
    {
        // The rows are local: they are read when they are needed.
    }

    public IMessageWriter In(UnitOfWork work, PendingRooms pending) => new Writer(work);

    public Task<bool> Erase(long roomId, CancellationToken ct) => store.Write(work => MessageRows.Erase(work, roomId, EraseBatchSize));

    private sealed class Reader(ReadSession reader) : IMessageReader
    {
        public ValueTask<Message?> Find(string id) => MessageRows.Find(reader, id);

        public async ValueTask<Dictionary<long, Message>> Last(IReadOnlyCollection<Room> rooms) =>
            (await MessageRows.At(reader,
                rooms.Where(room => room.LastSeq > 0).Select(room => (room.Id, room.LastSeq)))).ToDictionary(message => message.RoomId);

        public ValueTask<List<StoredMessage>> Before(Room room, long seq, int limit, int skip) =>
            MessageRows.Before(reader, room.Id, seq, limit, skip);

        public ValueTask<List<StoredMessage>> After(Room room, long seq, int limit) => MessageRows.After(reader, room.Id, seq, limit);

        public ValueTask<Message?> Newest(long roomId, IReadOnlyCollection<string> ids) => MessageRows.Newest(reader, roomId, ids);

        public async ValueTask<Dictionary<long, Message>> BySeq(long roomId, IReadOnlyCollection<long> seqs) =>
            (await MessageRows.At(reader, seqs.Select(seq => (roomId, seq)))).ToDictionary(message => message.Seq);

        public ValueTask<Dictionary<long, long>> CountDeleted(IReadOnlyCollection<UnreadPlaces> places) =>
            MessageRows.CountDeleted(reader, places);

        public ValueTask<List<ReplayEntry>> Changes(Room room, long since) => MessageRows.Changes(reader, room, since);
    }

    private sealed class Writer(UnitOfWork work) : IMessageWriter
    {
        public Message? Find(string id) => MessageRows.Find(work, id).Now();

        public (Message Message, byte[] RequestHash)? FindByClientId(ClientKey key) =>
            MessageRows.FindByClientId(work, key.RoomId, key.UserId, key.ClientMessageId);

        public bool TryInsert(Message message, byte[] body, byte[]? requestHash) => MessageRows.TryInsert(work, message, body, requestHash);

        public void SaveChange(Message message, byte[] body, ReactionChange? reaction) => MessageRows.SaveChange(work, message, body);

        public IReadOnlyList<UncommittedMessage> TakeUncommitted() => [];
    }
}
