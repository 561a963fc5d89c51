using BigTech.Chat.Domain;
using BigTech.Platform.Sql;

namespace BigTech.Chat.Storage;

/// <summary>Messages as rows beside their rooms: one transaction holds both, so nothing is ever unsettled.</summary>
internal sealed class SqlMessages(Store database) : IMessages
{
    // Few enough that those who send wait for it no longer than for each other.
    private const int ErasedTogether = 500;

    public ValueTask<T> Read<T>(Func<IMessageReader, ValueTask<T>> read, CancellationToken ct) => database.Read(session => read(new Reader(session)), ct);

    public bool IsReady => true;

    public void BeforeTurn()
    {
        // They are where the transaction is.
    }

    public void Expect(UnitOfWork session, RoomDrafts drafts, MessageKeys keys)
    {
        // The rows are near: they are looked up when they are needed.
    }

    public IMessageWriter In(UnitOfWork session, RoomDrafts drafts) => new Writer(session);

    public Task<bool> Erase(long roomId, CancellationToken ct) => database.Write(session => MessageRows.Erase(session, roomId, ErasedTogether));

    private sealed class Reader(ReadSession session) : IMessageReader
    {
        public ValueTask<Message?> Find(string id) => MessageRows.Find(session, id);

        public async ValueTask<Dictionary<long, Message>> Last(IReadOnlyCollection<Room> rooms) =>
            (await MessageRows.At(session, rooms.Where(room => room.LastSeq > 0).Select(room => (room.Id, room.LastSeq)))).ToDictionary(message => message.RoomId);

        public ValueTask<List<StoredMessage>> Before(Room room, long seq, int limit, int skip) => MessageRows.Before(session, room.Id, seq, limit, skip);

        public ValueTask<List<StoredMessage>> After(Room room, long seq, int limit) => MessageRows.After(session, room.Id, seq, limit);

        public ValueTask<Message?> Newest(long roomId, IReadOnlyCollection<string> ids) => MessageRows.Newest(session, roomId, ids);

        public async ValueTask<Dictionary<long, Message>> BySeq(long roomId, IReadOnlyCollection<long> seqs) =>
            (await MessageRows.At(session, seqs.Select(seq => (roomId, seq)))).ToDictionary(message => message.Seq);

        public ValueTask<List<Missed>> Changes(Room room, long since) => MessageRows.Changes(session, room, since);
    }

    private sealed class Writer(UnitOfWork session) : IMessageWriter
    {
        public Message? Find(string id) => MessageRows.Find(session, id).Now();

        public (Message Message, byte[] RequestHash)? FindByClientId(ClientKey key) =>
            MessageRows.FindByClientId(session, key.RoomId, key.UserId, key.ClientMessageId);

        public bool TryInsert(Message message, byte[] body, byte[]? requestHash) => MessageRows.TryInsert(session, message, body, requestHash);

        public void SaveChange(Message message, byte[] body, ReactionChange? reaction) => MessageRows.SaveChange(session, message, body);

        public IReadOnlyList<Unsettled> TakeUnsettled() => [];
    }
}
