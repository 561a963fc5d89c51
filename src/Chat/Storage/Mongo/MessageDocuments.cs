using System.Collections.Immutable;
using System.Text;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using MongoDB.Bson;
using MongoDB.Driver;
using MessageCollection = MongoDB.Driver.IMongoCollection<MongoDB.Bson.BsonDocument>;

namespace BigTech.Chat.Storage.Mongo;

/// <summary>A message as its document.</summary>
/// <param name="Position">The position of its last event in the outbox.</param>
/// <param name="Writes">How often it has been written: a write that expects another number has no effect.</param>
/// <param name="Username">The author's, at the time of sending.</param>
/// <param name="Reactions">The changes of its last transaction, if they were reactions alone.</param>
internal sealed record MessageDocument(
    Message Message, byte[]? RequestHash, long Position, long Writes, string Username, ReactionChanges? Reactions);

/// <summary>The reactions that one transaction changed.</summary>
/// <param name="Behind">The last committed position when it began.</param>
internal sealed record ReactionChanges(long Behind, ImmutableList<ReactionChange> Changes);

/// <summary>
/// Messages as documents: the fields of the rows, with <c>position</c> and <c>writes</c>. <c>changed_version</c> exists only once a message
/// was edited or deleted, so that its index stays small, and <c>deleted</c> only once it was deleted; <c>client_message_id</c> only where
/// there is one; <c>reaction_changes</c> only where the last transaction changed reactions alone.
/// </summary>
internal static class MessageDocuments
{
    public const string Collection = "messages";

    private static readonly FilterDefinitionBuilder<BsonDocument> Where = Builders<BsonDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<BsonDocument> Update = Builders<BsonDocument>.Update;
    private static readonly SortDefinitionBuilder<BsonDocument> Sort = Builders<BsonDocument>.Sort;

    private static readonly BsonDocument Stored = Fields("seq", "user_id", "client_message_id", "body");
    private static readonly BsonDocument Versions = Fields("seq", "created_version", "changed_version");

    public static IReadOnlyList<CreateIndexModel<BsonDocument>> Indexes { get; } =
    [
        DocumentQueries.Index("messages_by_place", Fields("room_id", "seq"), isUnique: true),
        DocumentQueries.Index(
            "messages_by_client_id", Fields("room_id", "user_id", "client_message_id"), Where.Exists("client_message_id"), isUnique: true),
        DocumentQueries.Index("messages_changed", Fields("room_id", "changed_version"), Where.Exists("changed_version")),
        DocumentQueries.Index("messages_by_position", Fields("position")),
        DocumentQueries.Index("messages_deleted", Fields("room_id", "seq"), Where.Eq("deleted", true)),
    ];

    /// <summary>The rows of an embedded installation as these documents. The outbox has all their events: none is uncommitted.</summary>
    public static DocumentTable MigrationTable { get; } = new(
        ChatDatabase.Name, "messages", Collection, Indexes,
        ["room_id", "seq", "ordinal", "version", "created_version", "user_id", "client_message_id", "request_hash", "body"],
        ["row_id"],
        static (row, document) => document
            .Add("changed_version", (long)row["version"], (long)row["version"] > (long)row["created_version"])
            .Add("deleted", true, MessageBody.IsDeleted((byte[])row["body"])).Add("position", 0L).Add("writes", 0L));

    public static BsonDocument Insert(MessageDocument document, byte[] body)
    {
        var message = document.Message;
        return new BsonDocument
        {
            { "_id", message.Id },
            { "room_id", message.RoomId },
            { "seq", message.Seq },
            { "ordinal", message.Ordinal },
            { "version", message.Version },
            { "created_version", message.CreatedVersion },
            { "user_id", message.UserId },
            { "client_message_id", message.ClientMessageId, message.ClientMessageId is not null },
            { "request_hash", document.RequestHash, document.RequestHash is not null },
            { "position", document.Position },
            { "writes", document.Writes },
            { "body", body },
        };
    }

    /// <summary>The document in the state that was read, and in no other.</summary>
    public static FilterDefinition<BsonDocument> AsRead(string id, long writes) => ById(id) & Where.Eq("writes", writes);

    /// <summary>The document as one transaction wrote it.</summary>
    public static FilterDefinition<BsonDocument> AsWritten(string id, long position) => ById(id) & Where.Eq("position", position);

    public static UpdateDefinition<BsonDocument> Change(MessageDocument document, byte[] body)
    {
        var message = document.Message;
        var change = Update.Set("seq", message.Seq).Set("ordinal", message.Ordinal)
            .Set("version", message.Version).Set("created_version", message.CreatedVersion)
            .Set("changed_version", message.Version > message.CreatedVersion ? message.Version : 0)
            .Set("position", document.Position).Set("writes", document.Writes + 1).Set("body", body);
        if (message.IsDeleted) change = change.Set("deleted", true);
        if (document.Reactions is not { } reactions) return change.Unset("reaction_changes");
        var changes = reactions.Changes.Select(
            one => new BsonDocument { { "user_id", one.UserId }, { "emoji", one.Emoji }, { "change", one.Change } });
        return change.Set("reaction_changes", new BsonDocument { { "behind", reactions.Behind }, { "changes", new BsonArray(changes) } });
    }

    /// <summary>Only cancels every write that expects the document as it was read.</summary>
    public static UpdateDefinition<BsonDocument> Fence { get; } = Update.Inc("writes", 1L);

    /// <summary>Moves a document beyond every position of the outbox, so that the next transaction finds it, on any replica.</summary>
    public static UpdateDefinition<BsonDocument> Overdue { get; } = Update.Set("position", long.MaxValue);

    public static DocumentQuery<MessageDocument> Find(MessageCollection messages, FilterDefinition<BsonDocument> filter) =>
        messages.Find(filter).ReadAs(Read);

    public static FilterDefinition<BsonDocument> ById(string id) => Where.Eq("_id", id);

    public static FilterDefinition<BsonDocument> ByIds(IEnumerable<string> ids) => Where.In("_id", ids);

    public static FilterDefinition<BsonDocument> ByClientId(ClientKey key) =>
        Where.Eq("room_id", key.RoomId) & Where.Eq("user_id", key.UserId) & Where.Eq("client_message_id", key.ClientMessageId);

    public static FilterDefinition<BsonDocument> AnyOf(IEnumerable<FilterDefinition<BsonDocument>> filters) => Where.Or(filters);

    public static FilterDefinition<BsonDocument> AtPlace(long roomId, long seq) => Where.Eq("room_id", roomId) & Where.Eq("seq", seq);

    public static FilterDefinition<BsonDocument> AtPlaces(long roomId, IEnumerable<long> seqs) =>
        Where.Eq("room_id", roomId) & Where.In("seq", seqs);

    public static FilterDefinition<BsonDocument> BehindPosition(long position) => Where.Gt("position", position);

    public static FilterDefinition<BsonDocument> BehindPlace(long roomId, long seq) => Where.Eq("room_id", roomId) & Where.Gt("seq", seq);

    public static DocumentQuery<StoredMessage> Before(MessageCollection messages, long roomId, long seq, int limit, int skip) => messages
        .Find(Where.Eq("room_id", roomId) & Where.Lt("seq", seq)).Sort(Sort.Descending("seq")).Skip(skip).Limit(limit).Project(Stored)
        .ReadAs(ReadStored);

    public static DocumentQuery<StoredMessage> After(MessageCollection messages, long roomId, long seq, int limit) => messages
        .Find(BehindPlace(roomId, seq)).Sort(Sort.Ascending("seq")).Limit(limit).Project(Stored).ReadAs(ReadStored);

    /// <inheritdoc cref="IMessageReader.CountDeleted"/>
    public static DocumentQuery<(long RoomId, long Count)> CountDeleted(
        MessageCollection messages, IEnumerable<UnreadPlaces> places) => messages
        .Aggregate().Match(Where.Eq("deleted", true) & Where.Or(places.Select(place =>
            Where.Eq("room_id", place.Room.Id) & Where.Gt("seq", place.ReadSeq) & Where.Lte("seq", place.Room.LastSeq))))
        .Group(new BsonDocument { { "_id", "$room_id" }, { "count", new BsonDocument("$sum", 1L) } })
        .ReadAs(document => (document.Number("_id"), document.Number("count")));

    /// <inheritdoc cref="IMessageReader.Changes"/>
    public static async Task<List<ReplayEntry>> Changes(MessageCollection messages, Room room, long since, CancellationToken ct)
    {
        var ofRoom = Where.Eq("room_id", room.Id);
        // There are at most as many new messages as there were changes, so only that many of the newest are checked.
        var sent = ofRoom & Where.Gt("seq", room.LastSeq - (room.Version - since)) & Where.Lte("seq", room.LastSeq);
        var changed = ofRoom & Where.Gt("changed_version", since) & Where.Lte("seq", room.LastSeq);
        var events = await messages.Find(sent).Project(Versions)
            .ReadAs(document => new ReplayEntry(document.Number("created_version"), ReplayKind.MessageCreated, document.Number("seq"), 0))
            .ToListAsync(ct);
        events.RemoveAll(created => created.Version <= since);
        events.AddRange(await messages.Find(changed).Project(Versions)
            .ReadAs(document => new ReplayEntry(document.Number("changed_version"), ReplayKind.MessageChanged, document.Number("seq"), 0))
            .ToListAsync(ct));
        return events;
    }

    /// <summary>Deletes some of the documents of a room; returns whether any may remain.</summary>
    public static async Task<bool> Erase(MessageCollection messages, long roomId, CancellationToken ct)
    {
        const int batchSize = 500;
        var found = await messages.Find(Where.Eq("room_id", roomId)).Limit(batchSize).Project(Fields("_id"))
            .ReadAs(document => document["_id"].AsString).ToListAsync(ct);
        if (found.Count > 0) await messages.DeleteManyAsync(ByIds(found), ct);
        return found.Count == batchSize;
    }

    private static MessageDocument Read(BsonDocument document)
    {
        var view = MessageBody.View(document["body"].AsByteArray);
        var message = MessageBody.ToMessage(
            view, document.Number("ordinal"), document.Number("version"), document.Number("created_version"),
            document.GetValue("client_message_id", null)?.AsString);
        return new MessageDocument(
            message, document.GetValue("request_hash", null)?.AsByteArray, document.Number("position"), document.Number("writes"),
            view.Username,
            document.GetValue("reaction_changes", null) is BsonDocument reactions ? ReadReactions(reactions) : null);
    }

    private static ReactionChanges ReadReactions(BsonDocument document) =>
        new(document.Number("behind"), [.. document["changes"].AsBsonArray
        .Select(change => change.AsBsonDocument)
        .Select(change => new ReactionChange(change.Number("user_id"), change["emoji"].AsString, change["change"].AsString))]);

    private static StoredMessage ReadStored(BsonDocument document)
    {
        var clientId = document.GetValue("client_message_id", null)?.AsString;
        return new StoredMessage(
            document.Number("seq"), document.Number("user_id"), clientId is null
                ? null
                : Encoding.UTF8.GetBytes(clientId), document["body"].AsByteArray);
    }

    private static BsonDocument Fields(params IEnumerable<string> names) => new(names.Select(name => new BsonElement(name, 1)));
}
