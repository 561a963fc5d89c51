using System.Collections.Immutable;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Coherence;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Chat.Storage.Mongo;

/// <summary>
/// The messages of one transaction. It reads once what all its changes announced, collects their writes, and sends the new messages with
/// one insert just before the commit.
/// </summary>
internal sealed class MongoMessageWriter(MongoMessages store, UnitOfWork work, PendingRooms pending) : IMessageWriter
{
    private const int MaxChangesPerCommand = 100;

    private readonly HashSet<MessageKeys> _expected = [];
    private readonly Dictionary<string, TrackedMessage?> _byId = [];
    private readonly Dictionary<ClientKey, TrackedMessage?> _byClient = [];
    private readonly List<TrackedMessage> _inserts = [];
    private readonly List<TrackedMessage> _changes = [];
    private readonly List<long> _orphaned = [];
    private List<UncommittedMessage> _uncommitted = [];
    private bool _hasStarted;

    /// <summary>A document, with the changes of this transaction.</summary>
    private sealed class TrackedMessage(MessageDocument document, bool isNew)
    {
        public MessageDocument Document = document;
        public byte[] Body = [];
        public bool IsToWrite = isNew;
    }

    public void Prefetch(MessageKeys keys) => _expected.Add(keys);

    /// <summary>Finds uncommitted messages of earlier transactions, and fetches what the changes announced.</summary>
    public void Start()
    {
        if (_hasStarted) return;
        store.EnsureResolved();
        var found = Find(MessageDocuments.BehindPosition(work.CommittedPosition));
        foreach (var room in store.Orphaned)
        {
            found.AddRange(Find(MessageDocuments.BehindPlace(room, LastSeq(room))));
            _orphaned.Add(room);
        }
        var uncommitted = found.DistinctBy(document => document.Message.Id).ToList();
        foreach (var document in uncommitted) Track(document);
        _uncommitted = [.. uncommitted.OrderBy(Happened).Select(document => new UncommittedMessage(document.Message, document.Username,
            OnlyReactions(document)))];
        Fetch();
        _hasStarted = true;
    }

    public IReadOnlyList<UncommittedMessage> TakeUncommitted()
    {
        var taken = _uncommitted;
        _uncommitted = [];
        return taken;
    }

    public Message? Find(string id)
    {
        if (_byId.TryGetValue(id, out var tracked)) return tracked?.Document.Message;
        return Find(MessageDocuments.ById(id)) is [var document] ? Track(document).Document.Message : null;
    }

    public (Message Message, byte[] RequestHash)? FindByClientId(ClientKey key) =>
        TrackedBy(key)?.Document is { } document ? (document.Message, document.RequestHash!) : null;

    public bool TryInsert(Message message, byte[] body, byte[]? requestHash)
    {
        ClientKey? key = message.ClientMessageId is { } clientId ? new ClientKey(message.RoomId, message.UserId, clientId) : null;
        if (key is { } used && TrackedBy(used) is { } first)
        {
            return first.Document.Message.Seq < message.Seq ? false : throw store.MarkOrphaned(message.RoomId);
        }
        var tracked = new TrackedMessage(
            new MessageDocument(message, requestHash, work.NextPosition, Writes: 0, "", Reactions: null), isNew: true)
        { Body = body };
        _inserts.Add(tracked);
        _byId[message.Id] = tracked;
        if (key is { } taken) _byClient[taken] = tracked;
        return true;
    }

    public void SaveChange(Message message, byte[] body, ReactionChange? reaction)
    {
        var tracked = _byId[message.Id]!;
        var reactions = ReactionsWith(tracked, reaction);
        tracked.Document = tracked.Document with { Message = message, Position = work.NextPosition, Reactions = reactions };
        tracked.Body = body;
        if (tracked.IsToWrite) return;
        tracked.IsToWrite = true;
        _changes.Add(tracked);
    }

    /// <summary>Writes all changes. From here on they stand, whatever the outcome of the commit.</summary>
    public void Flush()
    {
        if (_inserts.Count == 0 && _changes.Count == 0) return;
        if (_inserts.Count > 0) Insert();
        foreach (var changes in _changes.Chunk(MaxChangesPerCommand)) Update(changes);
    }

    public void Committed() => store.Committed(_orphaned);

    /// <summary>
    /// Makes sure that others find what this transaction may have changed. They find its inserts by their places. (If the lock was still
    /// held when the events went to the outbox, just before the commit, its next holder found the changes by position.)
    /// </summary>
    public void EpochLost()
    {
        if (_changes.Count > 0) store.Overdue(_changes.Select(tracked => (tracked.Document.Message.Id, tracked.Document.Position)));
    }

    private void Insert()
    {
        try
        {
            var inserts = _inserts.ConvertAll(tracked => MessageDocuments.Insert(tracked.Document, tracked.Body));
            store.Call((messages, limit) => messages.InsertMany(inserts, new InsertManyOptions { IsOrdered = true }, limit));
        }
        catch (MongoBulkWriteException error) when (error.DuplicateKey() is { } late)
        {
            // Under the lock no other transaction can take a place or a client id.
            throw store.MarkOrphaned(_inserts[late.Index].Document.Message.RoomId);
        }
    }

    private void Update(TrackedMessage[] changes)
    {
        try
        {
            var updates = changes.Select(tracked => new UpdateOneModel<BsonDocument>(
                MessageDocuments.AsRead(tracked.Document.Message.Id, tracked.Document.Writes),
                MessageDocuments.Change(tracked.Document, tracked.Body))).ToList();
            if (store.Call((messages, limit) => messages.BulkWrite(updates, cancellationToken: limit)).MatchedCount == changes.Length)
            {
                return;
            }
        }
        catch (MongoBulkWriteException error) when (error.DuplicateKey() is { } late)
        {
            // The new place of the message was taken by a late insert.
            throw store.MarkOrphaned(changes[late.Index].Document.Message.RoomId);
        }
        catch (DocumentStoreUnavailableException)
        {
            store.MarkInDoubt(changes.Select(tracked => (tracked.Document.Message.Id, tracked.Document.Writes)));
            throw;
        }
        throw new DocumentStoreUnavailableException(
            "A message was changed by a write that had been given up for lost; the next write settles it.");
    }

    private List<MessageDocument> Find(FilterDefinition<BsonDocument> filter) =>
        store.Call((messages, limit) => MessageDocuments.Find(messages, filter).ToList(limit));

    private void Fetch()
    {
        var keys = _expected.Where(key => key.Client is not null).Select(key => key.Client!.Value)
            .Where(key => !_byClient.ContainsKey(key)).ToList();
        var ids = _expected.Where(key => key.MessageId is not null).Select(key => key.MessageId!)
            .Where(id => !_byId.ContainsKey(id)).ToList();
        if (keys.Count + ids.Count == 0) return;
        foreach (var key in keys) _byClient[key] = null;
        foreach (var id in ids) _byId[id] = null;
        var filters = keys.Select(MessageDocuments.ByClientId).Concat(ids.Select(MessageDocuments.ById));
        foreach (var document in Find(MessageDocuments.AnyOf(filters))) Track(document);
    }

    private TrackedMessage? TrackedBy(ClientKey key)
    {
        if (_byClient.TryGetValue(key, out var tracked)) return tracked;
        return _byClient[key] = Find(MessageDocuments.ByClientId(key)) is [var document] ? Track(document) : null;
    }

    private TrackedMessage Track(MessageDocument document)
    {
        var message = document.Message;
        // The state in this transaction is newer than the one that was read.
        if (!_byId.TryGetValue(message.Id, out var tracked) || tracked is null)
        {
            _byId[message.Id] = tracked = new TrackedMessage(document, isNew: false);
        }
        if (message.ClientMessageId is { } clientId) _byClient[new ClientKey(message.RoomId, message.UserId, clientId)] = tracked;
        return tracked;
    }

    /// <summary>This transaction's changes of a message, as long as they are reactions alone.</summary>
    private ReactionChanges? ReactionsWith(TrackedMessage tracked, ReactionChange? reaction)
    {
        var before = tracked.IsToWrite ? tracked.Document.Reactions : new ReactionChanges(work.CommittedPosition, []);
        return before is null || reaction is null ? null : before with { Changes = before.Changes.Add(reaction) };
    }

    /// <summary>The reactions of an uncommitted document that lack events; empty if the event of an edit may be lost, too.</summary>
    private ImmutableList<ReactionChange> OnlyReactions(MessageDocument document) =>
        document.Reactions is { } reactions && reactions.Behind <= work.CommittedPosition ? reactions.Changes : [];

    private long LastSeq(long roomId) => pending.Find(work, roomId)?.LastSeq ?? 0;

    private long Happened(MessageDocument document) =>
        document.Message.Seq > LastSeq(document.Message.RoomId) ? document.Message.CreatedVersion : document.Message.Version;
}
