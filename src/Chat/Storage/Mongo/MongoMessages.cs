using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage.Coherence;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Chat.Storage.Mongo;

/// <summary>
/// Messages as documents of MongoDB, beside rooms in SQL. There is no transaction over both. Under the lock of the SQL writer the documents
/// of a batch are written first, then the rooms' counters and the outbox commit. The next holder of the lock finds the documents without a
/// commit (their position is after the last committed one) and rolls the rooms and the outbox forward to them. So the documents decide
/// which messages were sent, and in which order; they are their own outbox entries until the outbox has them.
/// </summary>
internal sealed class MongoMessages(DocumentDatabase documents) : IMessages
{
    private readonly IMongoCollection<BsonDocument> _messages = documents.Collection(MessageDocuments.Collection);

    // Owned by the writer.
    private readonly HashSet<long> _orphaned = [];
    private readonly List<WriteModel<BsonDocument>> _amends = [];
    private bool _hasIndexes;
    private bool _serverMayBeGone;

    public async ValueTask<T> Read<T>(Func<IMessageReader, ValueTask<T>> read, CancellationToken ct) =>
        await documents.Run(limit => read(new Reader(_messages, limit)).AsTask(), ct);

    public IMessageReader? In(ReadSession snapshot) => null;

    public bool IsReady => !_serverMayBeGone;

    /// <summary>
    /// When the last transaction has failed, the server may be the reason, and is pinged first. Waiting for it inside a transaction would
    /// block every other replica as well, for which it may be available.
    /// </summary>
    public void BeforeBatch()
    {
        if (!_serverMayBeGone) return;
        documents.Ping();
        _serverMayBeGone = false;
    }

    public void Prefetch(UnitOfWork work, PendingRooms pending, MessageKeys keys) => Writer(work, pending).Prefetch(keys);

    public IMessageWriter In(UnitOfWork work, PendingRooms pending)
    {
        var writer = Writer(work, pending);
        writer.Start();
        return writer;
    }

    private MongoMessageWriter Writer(UnitOfWork work, PendingRooms pending)
    {
        _serverMayBeGone = true;
        return work.BatchState(Begin, static (writer, _) => writer.Flush(), static writer => writer.Committed());

        MongoMessageWriter Begin()
        {
            var writer = new MongoMessageWriter(this, work, pending);
            work.OnEpochLost(writer.EpochLost);
            return writer;
        }
    }

    /// <summary>Makes sure that the collection is ready, and that no earlier write can still change what is read.</summary>
    public void EnsureResolved()
    {
        if (!_hasIndexes) Call((messages, limit) => messages.Indexes.CreateMany(MessageDocuments.Indexes, limit));
        _hasIndexes = true;
        if (_amends.Count > 0) Call((messages, limit) => messages.BulkWrite(_amends, cancellationToken: limit));
        _amends.Clear();
    }

    /// <summary>Reads or changes the messages' documents on the writer's thread.</summary>
    /// <inheritdoc cref="DocumentDatabase.Call{T}"/>
    public T Call<T>(Func<IMongoCollection<BsonDocument>, CancellationToken, T> call) => documents.Call(limit => call(_messages, limit));

    /// <inheritdoc cref="Call{T}"/>
    public void Call(Action<IMongoCollection<BsonDocument>, CancellationToken> call) => documents.Call(limit => call(_messages, limit));

    /// <summary>Rooms with a late message that their counters do not include, and that is not found by its position.</summary>
    public IReadOnlyCollection<long> Orphaned => _orphaned;

    /// <summary>A document exists where none was expected: an insert that had timed out was applied late.</summary>
    public DocumentStoreUnavailableException MarkOrphaned(long roomId)
    {
        _orphaned.Add(roomId);
        return new DocumentStoreUnavailableException(
            $"A message that was given up for lost is in room {roomId}; it is resolved with the next write.");
    }

    /// <summary>
    /// It is unknown whether changes of these documents were applied, or still will be. This is resolved while the lock is held, if
    /// possible: its next holder then finds what was applied.
    /// </summary>
    public void MarkInDoubt(IEnumerable<(string Id, long Writes)> read) =>
        Amend(read.Select(document => (MessageDocuments.AsRead(document.Id, document.Writes), MessageDocuments.Fence)));

    /// <summary>
    /// Changes of documents were applied after their transaction had lost the lock: others may have committed beyond their positions, and
    /// would never look for them.
    /// </summary>
    public void Overdue(IEnumerable<(string Id, long Position)> written) =>
        Amend(written.Select(document => (MessageDocuments.AsWritten(document.Id, document.Position), MessageDocuments.Overdue)));

    private void Amend(IEnumerable<(FilterDefinition<BsonDocument> Filter, UpdateDefinition<BsonDocument> Change)> amends)
    {
        _amends.AddRange(amends.Select(amend => new UpdateOneModel<BsonDocument>(amend.Filter, amend.Change)));
        try
        {
            EnsureResolved();
        }
        catch (DocumentStoreUnavailableException)
        {
            // The next transaction repeats it.
        }
    }

    public void Committed(IEnumerable<long> resolved)
    {
        _orphaned.ExceptWith(resolved);
        _serverMayBeGone = false;
    }

    public Task<bool> Erase(long roomId, CancellationToken ct) =>
        documents.Run(limit => MessageDocuments.Erase(_messages, roomId, limit), ct);

    private sealed class Reader(IMongoCollection<BsonDocument> messages, CancellationToken ct) : IMessageReader
    {
        public async ValueTask<Message?> Find(string id) => (await Find(MessageDocuments.ById(id))).FirstOrDefault();

        public async ValueTask<Dictionary<long, Message>> Last(IReadOnlyCollection<Room> rooms)
        {
            var places = rooms.Where(room => room.LastSeq > 0).Select(room => MessageDocuments.AtPlace(room.Id, room.LastSeq)).ToList();
            return places.Count == 0 ? [] : (await Find(MessageDocuments.AnyOf(places))).ToDictionary(message => message.RoomId);
        }

        public async ValueTask<List<StoredMessage>> Before(Room room, long seq, int limit, int skip) =>
            await MessageDocuments.Before(messages, room.Id, Math.Min(seq, room.LastSeq + 1), limit, skip).ToListAsync(ct);

        public async ValueTask<List<StoredMessage>> After(Room room, long seq, int limit)
        {
            var there = (int)Math.Min(limit, room.LastSeq - seq);
            return there > 0 ? await MessageDocuments.After(messages, room.Id, seq, there).ToListAsync(ct) : [];
        }

        public async ValueTask<Message?> Newest(long roomId, IReadOnlyCollection<string> ids)
        {
            var found = await Find(MessageDocuments.ByIds(ids));
            return found.Count == ids.Distinct().Count() && found.TrueForAll(message => message.RoomId == roomId)
                ? found.MaxBy(message => message.Seq)
                : null;
        }

        public async ValueTask<Dictionary<long, Message>> BySeq(long roomId, IReadOnlyCollection<long> seqs) =>
            (await Find(MessageDocuments.AtPlaces(roomId, seqs))).ToDictionary(message => message.Seq);

        public async ValueTask<Dictionary<long, long>> CountDeleted(IReadOnlyCollection<UnreadPlaces> places) =>
            (await MessageDocuments.CountDeleted(messages, places).ToListAsync(ct)).ToDictionary(one => one.RoomId, one => one.Count);

        public async ValueTask<List<ReplayEntry>> Changes(Room room, long since) =>
            await MessageDocuments.Changes(messages, room, since, ct);

        private async Task<List<Message>> Find(FilterDefinition<BsonDocument> filter) =>
            (await MessageDocuments.Find(messages, filter).ToListAsync(ct)).ConvertAll(document => document.Message);
    }
}
