using System.Collections.Immutable;
using BigTech.Chat.Domain;
using BigTech.Platform.Documents;
using BigTech.Platform.Moving;

namespace BigTech.Chat.Storage;

/// <summary>A message as its document keeps it.</summary>
/// <param name="Position">The place of its last event in the outbox.</param>
/// <param name="Writes">How often it has been written: a write that waits for another number comes to nothing.</param>
/// <param name="Username">The author's, at the time of sending.</param>
/// <param name="Reactions">What its last transaction changed, if it was reactions alone.</param>
internal sealed record MessageDocument(
    Message Message, byte[]? RequestHash, long Position, long Writes, string Username, ReactionChanges? Reactions);

/// <summary>The reactions that one transaction changed.</summary>
/// <param name="Behind">The last committed position when it began.</param>
internal sealed record ReactionChanges(long Behind, ImmutableList<ReactionChange> Changes);

/// <summary>
/// Messages as documents: the same fields as the rows, with <c>position</c> and <c>writes</c>. <c>changed_version</c> is there only once a message was
/// edited or deleted, so that the index of those stays small; <c>client_message_id</c> only where there is one; <c>reaction_changes</c> only where the last
/// transaction changed reactions alone.
/// </summary>
internal static class MessageDocuments
{
    public const string Collection = "messages";

    private static readonly BsonDocument NewestFirst = new BsonWriter().Write("seq", -1).ToDocument();
    private static readonly BsonDocument OldestFirst = new BsonWriter().Write("seq", 1).ToDocument();
    private static readonly BsonDocument Stored = Fields("seq", "user_id", "client_message_id", "body");
    private static readonly BsonDocument Versions = Fields("seq", "created_version", "changed_version");

    public static void CreateIndexes(DocumentSession session) => session.CreateIndexes(
        Collection,
        new IndexDefinition("messages_by_place", Fields("room_id", "seq"), IsUnique: true),
        new IndexDefinition("messages_by_client_id", Fields("room_id", "user_id", "client_message_id"), IsUnique: true, Only: Having("client_message_id")),
        new IndexDefinition("messages_changed", Fields("room_id", "changed_version"), Only: Having("changed_version")),
        new IndexDefinition("messages_by_position", Fields("position")));

    /// <summary>The rows of an embedded installation as these documents. The outbox has the events of all of them: none is unsettled.</summary>
    public static DocumentTable Moved { get; } = new(
        ChatModule.Name, "messages", Collection, CreateIndexes,
        ["room_id", "seq", "ordinal", "version", "created_version", "user_id", "client_message_id", "request_hash", "body"],
        ["row_id"],
        static (row, document) =>
        {
            if ((long)row["version"] > (long)row["created_version"]) document.Write("changed_version", (long)row["version"]);
            document.Write("position", 0L).Write("writes", 0L);
        });

    public static BsonDocument Insert(MessageDocument document, byte[] body)
    {
        var message = document.Message;
        var writer = new BsonWriter().Write("_id", message.Id).Write("room_id", message.RoomId).Write("seq", message.Seq)
            .Write("ordinal", message.Ordinal).Write("version", message.Version).Write("created_version", message.CreatedVersion)
            .Write("user_id", message.UserId);
        if (message.ClientMessageId is { } clientId) writer.Write("client_message_id", clientId);
        if (document.RequestHash is { } hash) writer.Write("request_hash", hash);
        return writer.Write("position", document.Position).Write("writes", document.Writes).Write("body", body).ToDocument();
    }

    /// <summary>The document as it was read, and no other state of it.</summary>
    public static BsonDocument AsRead(string id, long writes) => new BsonWriter().Write("_id", id).Write("writes", writes).ToDocument();

    /// <summary>The document as a transaction wrote it.</summary>
    public static BsonDocument AsWritten(string id, long position) => new BsonWriter().Write("_id", id).Write("position", position).ToDocument();

    public static BsonDocument Change(MessageDocument document, byte[] body)
    {
        var message = document.Message;
        var writer = new BsonWriter().StartDocument("$set").Write("seq", message.Seq).Write("ordinal", message.Ordinal)
            .Write("version", message.Version).Write("created_version", message.CreatedVersion)
            .Write("changed_version", message.Version > message.CreatedVersion ? message.Version : 0)
            .Write("position", document.Position).Write("writes", document.Writes + 1).Write("body", body);
        if (document.Reactions is not { } reactions) return writer.End().StartDocument("$unset").Write("reaction_changes", 1).End().ToDocument();
        writer.StartDocument("reaction_changes").Write("behind", reactions.Behind).StartArray("changes");
        foreach (var (userId, emoji, change) in reactions.Changes)
        {
            writer.StartDocument(null).Write("user_id", userId).Write("emoji", emoji).Write("change", change).End();
        }
        return writer.End().End().End().ToDocument();
    }

    /// <summary>Changes nothing but that every write that waits for the document as it was read comes to nothing.</summary>
    public static BsonDocument Fence { get; } = new BsonWriter().StartDocument("$inc").Write("writes", 1L).End().ToDocument();

    /// <summary>Puts a document behind every position that the outbox has, so that the next transaction finds it, whoever begins it.</summary>
    public static BsonDocument Overdue { get; } = new BsonWriter().StartDocument("$set").Write("position", long.MaxValue).End().ToDocument();

    public static List<MessageDocument> Find(DocumentSession session, BsonDocument filter) => session.Find(Collection, filter, Read);

    public static BsonDocument ById(string id) => new BsonWriter().Write("_id", id).ToDocument();

    public static BsonDocument ByIds(IEnumerable<string> ids)
    {
        var writer = new BsonWriter().StartDocument("_id").StartArray("$in");
        foreach (var id in ids) writer.Write(null, id);
        return writer.End().End().ToDocument();
    }

    public static BsonDocument ByClientId(ClientKey key) => new BsonWriter()
        .Write("room_id", key.RoomId).Write("user_id", key.UserId).Write("client_message_id", key.ClientMessageId).ToDocument();

    public static BsonDocument AnyOf(IEnumerable<BsonDocument> filters)
    {
        var writer = new BsonWriter().StartArray("$or");
        foreach (var filter in filters) writer.Write(null, filter);
        return writer.End().ToDocument();
    }

    public static BsonDocument AtPlace(long roomId, long seq) => new BsonWriter().Write("room_id", roomId).Write("seq", seq).ToDocument();

    public static BsonDocument AtPlaces(long roomId, IEnumerable<long> seqs)
    {
        var writer = new BsonWriter().Write("room_id", roomId).StartDocument("seq").StartArray("$in");
        foreach (var seq in seqs) writer.Write(null, seq);
        return writer.End().End().ToDocument();
    }

    public static BsonDocument BehindPosition(long position) =>
        new BsonWriter().StartDocument("position").Write("$gt", position).End().ToDocument();

    public static BsonDocument BehindPlace(long roomId, long seq) =>
        new BsonWriter().Write("room_id", roomId).StartDocument("seq").Write("$gt", seq).End().ToDocument();

    public static List<StoredMessage> Before(DocumentSession session, long roomId, long seq, int limit, int skip)
    {
        var filter = new BsonWriter().Write("room_id", roomId).StartDocument("seq").Write("$lt", seq).End().ToDocument();
        return session.Find(Collection, filter, ReadStored, new FindOptions(NewestFirst, limit, skip, Only: Stored));
    }

    public static List<StoredMessage> After(DocumentSession session, long roomId, long seq, int limit) =>
        session.Find(Collection, BehindPlace(roomId, seq), ReadStored, new FindOptions(OldestFirst, limit, Only: Stored));

    public static List<Missed> Changes(DocumentSession session, Room room, long since)
    {
        var options = new FindOptions(Only: Versions);
        // At most as many messages can be new as there were changes, so the newest that many are the ones to look at.
        var sent = new BsonWriter().Write("room_id", room.Id).StartDocument("seq")
            .Write("$gt", room.LastSeq - (room.Version - since)).Write("$lte", room.LastSeq).End().ToDocument();
        var changed = new BsonWriter().Write("room_id", room.Id).StartDocument("changed_version")
            .Write("$gt", since).Write("$lte", room.Version).End().ToDocument();
        var events = session.Find(Collection, sent, document => ReadMissed(document, MissedKind.MessageCreated, "created_version"u8), options);
        events.RemoveAll(created => created.Version <= since);
        events.AddRange(session.Find(Collection, changed, document => ReadMissed(document, MissedKind.MessageChanged, "changed_version"u8), options));
        return events;
    }

    /// <summary>Deletes some of the documents of a room; whether any may be left.</summary>
    public static bool Erase(DocumentSession session, long roomId)
    {
        const int together = 500;
        var found = session.Find(Collection, new BsonWriter().Write("room_id", roomId).ToDocument(), ReadId, new FindOptions(Limit: together, Only: Fields("_id")));
        if (found.Count > 0) session.Delete(Collection, ByIds(found));
        return found.Count == together;
    }

    private static MessageDocument Read(BsonReader document)
    {
        var (ordinal, version, createdVersion, position, writes) = (0L, 0L, 0L, 0L, 0L);
        string? clientId = null;
        byte[]? hash = null;
        ReadOnlySpan<byte> body = [];
        ReactionChanges? reactions = null;
        while (document.Read())
        {
            var name = document.Name;
            if (name.SequenceEqual("ordinal"u8)) ordinal = document.Number();
            else if (name.SequenceEqual("version"u8)) version = document.Number();
            else if (name.SequenceEqual("created_version"u8)) createdVersion = document.Number();
            else if (name.SequenceEqual("position"u8)) position = document.Number();
            else if (name.SequenceEqual("writes"u8)) writes = document.Number();
            else if (name.SequenceEqual("client_message_id"u8)) clientId = document.Text();
            else if (name.SequenceEqual("request_hash"u8)) hash = document.Binary().ToArray();
            else if (name.SequenceEqual("body"u8)) body = document.Binary();
            else if (name.SequenceEqual("reaction_changes"u8)) reactions = ReadReactions(document.Document());
        }
        var view = MessageBody.View(body);
        return new MessageDocument(MessageBody.ToMessage(view, ordinal, version, createdVersion, clientId), hash, position, writes, view.Username, reactions);
    }

    private static ReactionChanges ReadReactions(BsonReader document)
    {
        var behind = document.Find("behind"u8) ? document.Number() : long.MaxValue;
        return new ReactionChanges(behind, document.Find("changes"u8) ? ReadChanges(document.Document()) : []);
    }

    private static ImmutableList<ReactionChange> ReadChanges(BsonReader array)
    {
        var changes = ImmutableList.CreateBuilder<ReactionChange>();
        while (array.Read())
        {
            var (userId, emoji, change) = (0L, "", "");
            var entry = array.Document();
            while (entry.Read())
            {
                if (entry.Name.SequenceEqual("user_id"u8)) userId = entry.Number();
                else if (entry.Name.SequenceEqual("emoji"u8)) emoji = entry.Text();
                else if (entry.Name.SequenceEqual("change"u8)) change = entry.Text();
            }
            changes.Add(new ReactionChange(userId, emoji, change));
        }
        return changes.ToImmutable();
    }

    private static StoredMessage ReadStored(BsonReader document)
    {
        var (seq, userId) = (0L, 0L);
        byte[]? clientId = null;
        byte[] body = [];
        while (document.Read())
        {
            var name = document.Name;
            if (name.SequenceEqual("seq"u8)) seq = document.Number();
            else if (name.SequenceEqual("user_id"u8)) userId = document.Number();
            else if (name.SequenceEqual("client_message_id"u8)) clientId = document.TextBytes().ToArray();
            else if (name.SequenceEqual("body"u8)) body = document.Binary().ToArray();
        }
        return new StoredMessage(seq, userId, clientId, body);
    }

    private static string ReadId(BsonReader document) => document.Find("_id"u8) ? document.Text() : throw new InvalidDataException("A document has no id.");

    private static Missed ReadMissed(BsonReader document, MissedKind kind, ReadOnlySpan<byte> version)
    {
        var seq = document.Find("seq"u8) ? document.Number() : 0;
        return new Missed(document.Find(version) ? document.Number() : 0, kind, seq, 0);
    }

    private static BsonDocument Fields(params ReadOnlySpan<string> names)
    {
        var writer = new BsonWriter();
        foreach (var name in names) writer.Write(name, 1);
        return writer.ToDocument();
    }

    private static BsonDocument Having(string name) => new BsonWriter().StartDocument(name).Write("$exists", true).End().ToDocument();
}
