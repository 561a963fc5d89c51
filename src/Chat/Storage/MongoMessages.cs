using BigTech.Chat.Domain;
using BigTech.Platform.Documents;
using BigTech.Platform.Sql;

namespace BigTech.Chat.Storage;

/// <summary>
/// Messages as documents of MongoDB, beside rooms in SQL. There is no transaction over both. Under the lock of the SQL writer the
/// documents of a batch are written first, then the rooms' counters and the outbox commit. Whoever has the lock next finds the documents
/// whose commit never came (their position lies behind the last committed one) and brings the rooms and the outbox up to them. So the
/// documents decide what was said, and in which order; they are their own outbox entries until the outbox has them.
/// </summary>
internal sealed class MongoMessages(DocumentDatabase documents) : IMessages
{
    // All of this is the writer's alone.
    private readonly HashSet<long> _suspects = [];
    private readonly List<DocumentUpdate> _amends = [];
    private bool _hasIndexes;
    private bool _serverMayBeGone;

    public async ValueTask<T> Read<T>(Func<IMessageReader, ValueTask<T>> read, CancellationToken ct) =>
        await documents.Run(session => read(new Reader(session)).Now(), ct);

    public bool IsReady => !_serverMayBeGone;

    /// <summary>
    /// When the last transaction has failed, the server may be the reason, and is asked first. To wait for it inside a transaction would make
    /// every other replica wait as well, to which it may well answer.
    /// </summary>
    public void BeforeTurn()
    {
        if (!_serverMayBeGone) return;
        using var session = documents.Open();
        session.Ping();
        _serverMayBeGone = false;
    }

    public void Expect(WriteSession session, RoomDrafts drafts, MessageKeys keys) => Writer(session, drafts).Expect(keys);

    public IMessageWriter In(WriteSession session, RoomDrafts drafts)
    {
        var writer = Writer(session, drafts);
        writer.Start();
        return writer;
    }

    private MongoMessageWriter Writer(WriteSession session, RoomDrafts drafts)
    {
        _serverMayBeGone = true;
        return session.Shared(Begin, static (writer, _) => writer.Flush(), static writer => writer.Committed());

        MongoMessageWriter Begin()
        {
            var writer = new MongoMessageWriter(this, session, drafts);
            session.OnTurnLost(writer.LostTurn);
            return writer;
        }
    }

    /// <summary>A session for the writer, with the collection ready and nothing on its way that could still change what is found.</summary>
    public DocumentSession OpenSettled()
    {
        var session = Open();
        try
        {
            if (!_hasIndexes) MessageDocuments.CreateIndexes(session);
            _hasIndexes = true;
            if (_amends.Count > 0) session.UpdateAll(MessageDocuments.Collection, _amends);
            _amends.Clear();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public DocumentSession Open() => documents.Open();

    /// <summary>Rooms in which something turned up that their counters do not know of, and that is not found by its position.</summary>
    public IReadOnlyCollection<long> Suspects => _suspects;

    /// <summary>A document turned up where none was: an insert that had been given up for lost was done after all, late.</summary>
    public DocumentStoreGoneException Suspect(long roomId)
    {
        _suspects.Add(roomId);
        return new DocumentStoreGoneException($"A message that was given up for lost is in room {roomId}; it is settled with the next write.");
    }

    /// <summary>
    /// Nobody knows whether changes of these documents were done, or are going to be. Better to settle that while the lock is still held: what
    /// was done is then found by whoever has it next.
    /// </summary>
    public void Doubt(IEnumerable<(string Id, long Writes)> read) =>
        Amend(read.Select(document => new DocumentUpdate(MessageDocuments.AsRead(document.Id, document.Writes), MessageDocuments.Fence)));

    /// <summary>
    /// Changes of documents were done whose transaction had lost the lock by then: others may have committed behind their positions, and would
    /// never look for them.
    /// </summary>
    public void Overdue(IEnumerable<(string Id, long Position)> written) =>
        Amend(written.Select(document => new DocumentUpdate(MessageDocuments.AsWritten(document.Id, document.Position), MessageDocuments.Overdue)));

    private void Amend(IEnumerable<DocumentUpdate> amends)
    {
        _amends.AddRange(amends);
        try
        {
            OpenSettled().Dispose();
        }
        catch (DocumentStoreGoneException)
        {
            // It remains to be done until the next transaction.
        }
    }

    public void Committed(IEnumerable<long> settled)
    {
        _suspects.ExceptWith(settled);
        _serverMayBeGone = false;
    }

    public Task<bool> Erase(long roomId, CancellationToken ct) => documents.Run(session => MessageDocuments.Erase(session, roomId), ct);

    private sealed class Reader(DocumentSession session) : IMessageReader
    {
        public ValueTask<Message?> Find(string id) => new(MessageDocuments.Find(session, MessageDocuments.ById(id)).FirstOrDefault()?.Message);

        public ValueTask<Dictionary<long, Message>> Last(IReadOnlyCollection<Room> rooms)
        {
            var places = rooms.Where(room => room.LastSeq > 0).Select(room => MessageDocuments.AtPlace(room.Id, room.LastSeq)).ToList();
            return new(places.Count == 0
                ? []
                : MessageDocuments.Find(session, MessageDocuments.AnyOf(places)).ToDictionary(found => found.Message.RoomId, found => found.Message));
        }

        public ValueTask<List<StoredMessage>> Before(Room room, long seq, int limit, int skip) =>
            new(MessageDocuments.Before(session, room.Id, Math.Min(seq, room.LastSeq + 1), limit, skip));

        public ValueTask<List<StoredMessage>> After(Room room, long seq, int limit)
        {
            var there = (int)Math.Min(limit, room.LastSeq - seq);
            return new(there > 0 ? MessageDocuments.After(session, room.Id, seq, there) : []);
        }

        public ValueTask<Message?> Newest(long roomId, IReadOnlyCollection<string> ids)
        {
            var found = MessageDocuments.Find(session, MessageDocuments.ByIds(ids)).ConvertAll(document => document.Message);
            return new(found.Count == ids.Distinct().Count() && found.TrueForAll(message => message.RoomId == roomId)
                ? found.MaxBy(message => message.Seq)
                : null);
        }

        public ValueTask<Dictionary<long, Message>> BySeq(long roomId, IReadOnlyCollection<long> seqs) => new(MessageDocuments
            .Find(session, MessageDocuments.AtPlaces(roomId, seqs)).ToDictionary(found => found.Message.Seq, found => found.Message));

        public ValueTask<List<Missed>> Changes(Room room, long since) => new(MessageDocuments.Changes(session, room, since));
    }
}
