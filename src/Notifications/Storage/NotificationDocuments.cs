using BigTech.Notifications.Domain;
using BigTech.Platform.Documents;
using BigTech.Platform.Moving;
using BigTech.Platform.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>
/// Notifications as documents: the same fields as the rows, those without a value left out, and <c>unread: true</c> where nothing says when
/// it was read, so that an index can hold just those.
/// </summary>
internal static class NotificationDocuments
{
    public const string Collection = "notifications";

    private static readonly BsonDocument NewestFirst = new BsonWriter().Write("happened_at", -1).Write("_id", -1).ToDocument();
    private static readonly BsonDocument OldestFirst = new BsonWriter().Write("happened_at", 1).Write("_id", 1).ToDocument();
    private static readonly BsonDocument ByVersion = new BsonWriter().Write("version", 1).ToDocument();
    private static readonly BsonDocument LastVersionFirst = new BsonWriter().Write("version", -1).ToDocument();
    private static readonly BsonDocument FirstReadFirst = new BsonWriter().Write("read_at", 1).Write("_id", 1).ToDocument();
    private static readonly BsonDocument Unread = new BsonWriter().Write("unread", true).ToDocument();
    private static readonly BsonDocument Place = Ascending("user_id", "version", "read_at");

    /// <summary>
    /// None but the id's is unique: changes are made one transaction after the other, by somebody who has looked. A second rule could only
    /// turn a repeated write, which does no harm, into an error.
    /// </summary>
    public static void CreateIndexes(DocumentSession session) => session.CreateIndexes(
        Collection,
        // A user's version, and what has changed since one.
        new IndexDefinition("notifications_by_version", new BsonWriter().Write("user_id", 1).Write("version", -1).ToDocument()),
        // The list, how long it is, and what a user has of a room that he leaves.
        new IndexDefinition("notifications_by_time", Ascending("user_id", "is_removed", "happened_at", "_id")),
        new IndexDefinition("notifications_unread", Ascending("user_id", "unread", "happened_at", "_id"), Only: Unread),
        // What a room's messages collapse into, and the mentions that a reading reads.
        new IndexDefinition("notifications_unread_of_room", Ascending("room_id", "kind", "user_id"), Only: Unread),
        // A message that was changed or deleted.
        new IndexDefinition("notifications_of_message", Ascending("message_id"), Only: Having("message_id")),
        // A request that was answered or taken back.
        new IndexDefinition("notifications_of_friendship", Ascending("friendship_id"), Only: Having("friendship_id")),
        // The same thing seen again.
        new IndexDefinition("notifications_by_source", Ascending("source")),
        // What housekeeping looks for.
        new IndexDefinition("notifications_read", Ascending("read_at", "_id"), Only: Having("read_at")));

    /// <summary>The rows of an embedded installation as these documents.</summary>
    public static DocumentTable Moved { get; } = new(
        NotificationsModule.StoreName, "notifications", Collection, CreateIndexes,
        [
            "user_id", "version", "created_version", "kind", "source", "title", "preview", "count", "actor_id", "actor_name", "room_id", "message_id",
            "first_seq", "last_seq", "friendship_id", "happened_at", "created_at", "updated_at", "read_at", "sent_at",
            "sent_version",
        ],
        ["is_removed"],
        static (row, document) =>
        {
            if (row["read_at"] is DBNull) document.Write("unread", true);
            document.Write("is_removed", row["is_removed"] is not 0L);
        });

    /// <summary>All of a document but its id.</summary>
    public static BsonDocument Fields(Notification n)
    {
        var writer = new BsonWriter().Write("user_id", n.UserId).Write("version", n.Version).Write("created_version", n.CreatedVersion)
            .Write("kind", Names.Of(n.Kind)).Write("source", n.Source).Write("title", n.Title);
        if (n.Preview is { } preview) writer.Write("preview", preview);
        writer.Write("count", (long)n.Count);
        if (n.Actor is { } actor) writer.Write("actor_id", actor.UserId).Write("actor_name", actor.Name);
        if (n.Place is { } place)
        {
            writer.Write("room_id", place.RoomId);
            if (place.MessageId is { } message) writer.Write("message_id", message);
            writer.Write("first_seq", place.FirstSeq).Write("last_seq", place.LastSeq);
        }
        if (n.FriendshipId is { } friendship) writer.Write("friendship_id", friendship);
        writer.Write("happened_at", n.HappenedAt.ToDb()).Write("created_at", n.CreatedAt.ToDb()).Write("updated_at", n.UpdatedAt.ToDb());
        if (n.ReadAt is { } readAt) writer.Write("read_at", readAt.ToDb());
        else writer.Write("unread", true);
        if (n.SentAt is { } sentAt) writer.Write("sent_at", sentAt.ToDb()).Write("sent_version", n.SentVersion);
        return writer.Write("is_removed", n.IsRemoved).ToDocument();
    }

    public static List<Notification> Find(DocumentSession session, BsonDocument filter) => session.Find(Collection, filter, Read);

    public static BsonDocument ById(string id) => new BsonWriter().Write("_id", id).ToDocument();

    public static BsonDocument ByIds(IEnumerable<string> ids)
    {
        var writer = new BsonWriter().StartDocument("_id").StartArray("$in");
        foreach (var id in ids) writer.Write(null, id);
        return writer.End().End().ToDocument();
    }

    public static BsonDocument UnreadOf(long userId) => new BsonWriter().Write("user_id", userId).Write("unread", true).ToDocument();

    public static BsonDocument OpenRequest(long friendshipId) => new BsonWriter()
        .Write("friendship_id", friendshipId).Write("kind", Names.Of(NotificationKind.FriendRequest)).Write("unread", true).ToDocument();

    public static BsonDocument NewMessages(IEnumerable<long> rooms) => UnreadIn(rooms, NotificationKind.Message).ToDocument();

    /// <summary>Of any of the users in any of the rooms.</summary>
    public static BsonDocument Mentions(IEnumerable<long> rooms, IEnumerable<long> users) =>
        Any(UnreadIn(rooms, NotificationKind.Mention), "user_id", users).ToDocument();

    public static BsonDocument OfRoom(long roomId, long userId) =>
        new BsonWriter().Write("user_id", userId).Write("is_removed", false).Write("room_id", roomId).ToDocument();

    public static BsonDocument OfMessage(string messageId) =>
        new BsonWriter().Write("message_id", messageId).Write("is_removed", false).ToDocument();

    /// <summary>One that is no older than a version.</summary>
    public static BsonDocument At(string id, long version) =>
        new BsonWriter().Write("_id", id).StartDocument("version").Write("$gte", version).End().ToDocument();

    /// <summary>One that is older than a version.</summary>
    public static BsonDocument Before(string id, long version) =>
        new BsonWriter().Write("_id", id).StartDocument("version").Write("$lt", version).End().ToDocument();

    /// <summary>Whoever has one of that source.</summary>
    public static List<long> UsersWith(DocumentSession session, string source) => session.Find(
        Collection, new BsonWriter().Write("source", source).ToDocument(), static document => NumberOf(document, "user_id"u8),
        new FindOptions(Only: Ascending("user_id")));

    /// <summary>The versions of users, as far as they have any: the first entry of each in the index by version.</summary>
    public static List<(long UserId, long Version)> Versions(DocumentSession session, IEnumerable<long> users) => session.Aggregate(
        Collection,
        [
            Match(Any(new BsonWriter(), "user_id", users)),
            new BsonWriter().StartDocument("$sort").Write("user_id", 1).Write("version", -1).End().ToDocument(),
            new BsonWriter().StartDocument("$group").Write("_id", "$user_id")
                .StartDocument("version").Write("$first", "$version").End().End().ToDocument(),
        ],
        static document => (NumberOf(document, "_id"u8), NumberOf(document, "version"u8)));

    /// <summary>How many unread ones users have, as far as they have any.</summary>
    public static List<(long UserId, long Count)> CountUnread(DocumentSession session, IEnumerable<long> users) => session.Aggregate(
        Collection, [Match(Any(new BsonWriter(), "user_id", users).Write("unread", true)), CountByUser],
        static document => (NumberOf(document, "_id"u8), NumberOf(document, "count"u8)));

    public static long Version(DocumentSession session, long userId) => session.Find(
        Collection, OfUser(userId), static document => NumberOf(document, "version"u8),
        new FindOptions(LastVersionFirst, Limit: 1, Only: Ascending("version"))).FirstOrDefault();

    public static List<Notification> Since(DocumentSession session, long userId, long version) =>
        session.Find(Collection, Behind(userId, version), Read, new FindOptions(ByVersion));

    public static long CountSince(DocumentSession session, long userId, long version) => session.Count(Collection, Behind(userId, version));

    public static long CountUnread(DocumentSession session, long userId) => session.Count(Collection, UnreadOf(userId));

    public static long CountAll(DocumentSession session, long userId) =>
        session.Count(Collection, new BsonWriter().Write("user_id", userId).Write("is_removed", false).ToDocument());

    /// <param name="newer">Those behind the place, oldest first; otherwise those before it, newest first.</param>
    public static List<Notification> Page(DocumentSession session, long userId, bool unreadOnly, ListPlace place, bool newer, int limit, int skip)
    {
        var filter = new BsonWriter().Write("user_id", userId);
        if (unreadOnly) filter.Write("unread", true);
        else filter.Write("is_removed", false);
        // The first bound is for the index; the second is the place itself.
        filter.StartDocument("happened_at").Write(newer ? "$gte" : "$lte", place.At).End();
        WriteBeside(filter, newer ? "$gt" : "$lt", "happened_at", place.At, place.Id);
        return session.Find(Collection, filter.ToDocument(), Read, new FindOptions(newer ? OldestFirst : NewestFirst, limit, skip));
    }

    /// <summary>Some that were read before a time, the first of them first.</summary>
    /// <param name="behind">When the last one was read that is known already, and its id.</param>
    public static List<(TrimmedRow Row, long ReadAt)> ReadBefore(DocumentSession session, long before, (long ReadAt, string Id)? behind)
    {
        var filter = new BsonWriter().StartDocument("read_at").Write("$lt", before);
        if (behind is { } last) WriteBeside(filter.Write("$gte", last.ReadAt).End(), "$gt", "read_at", last.ReadAt, last.Id);
        else filter.End();
        return session.Find(
            Collection, filter.ToDocument(), static document => (ReadTrimmed(document), NumberOf(document, "read_at"u8)),
            new FindOptions(FirstReadFirst, Trimming.Together, Only: Place));
    }

    /// <summary>The users who have more than so many.</summary>
    public static List<long> UsersBeyond(DocumentSession session, int limit) => session.Aggregate(
        Collection,
        [CountByUser, Match(new BsonWriter().StartDocument("count").Write("$gt", (long)limit).End())],
        static document => NumberOf(document, "_id"u8));

    /// <summary>What a user has beyond so many, the newest of it first.</summary>
    public static List<TrimmedRow> Beyond(DocumentSession session, long userId, int limit) => session.Find(
        Collection, OfUser(userId), ReadTrimmed, new FindOptions(NewestFirst, Skip: limit, Only: Place));

    /// <summary>Those that have not changed since.</summary>
    public static BsonDocument Unchanged(IEnumerable<TrimmedRow> rows)
    {
        var writer = new BsonWriter().StartArray("$or");
        foreach (var row in rows) writer.StartDocument(null).Write("_id", row.Id).Write("version", row.Version).End();
        return writer.End().ToDocument();
    }

    private static BsonDocument CountByUser { get; } = new BsonWriter().StartDocument("$group").Write("_id", "$user_id")
        .StartDocument("count").Write("$sum", 1L).End().End().ToDocument();

    private static BsonDocument OfUser(long userId) => new BsonWriter().Write("user_id", userId).ToDocument();

    private static BsonDocument Behind(long userId, long version) =>
        new BsonWriter().Write("user_id", userId).StartDocument("version").Write("$gt", version).End().ToDocument();

    private static BsonWriter UnreadIn(IEnumerable<long> rooms, NotificationKind kind) =>
        Any(new BsonWriter(), "room_id", rooms).Write("kind", Names.Of(kind)).Write("unread", true);

    private static BsonWriter Any(BsonWriter filter, string field, IEnumerable<long> numbers)
    {
        filter.StartDocument(field).StartArray("$in");
        foreach (var number in numbers) filter.Write(null, number);
        return filter.End().End();
    }

    private static void WriteBeside(BsonWriter filter, string direction, string field, long value, string id) => filter
        .StartArray("$or")
        .StartDocument(null).StartDocument(field).Write(direction, value).End().End()
        .StartDocument(null).Write(field, value).StartDocument("_id").Write(direction, id).End().End()
        .End();

    private static BsonDocument Match(BsonWriter filter) => new BsonWriter().Write("$match", filter.ToDocument()).ToDocument();

    private static Notification Read(BsonReader document)
    {
        var (id, kind, source, title) = ("", "", "", "");
        var (userId, version, createdVersion, count, firstSeq, lastSeq, sentVersion) = (0L, 0L, 0L, 0L, 0L, 0L, 0L);
        var (happenedAt, createdAt, updatedAt) = (0L, 0L, 0L);
        string? preview = null, actorName = null, messageId = null;
        long? actorId = null, roomId = null, friendshipId = null, readAt = null, sentAt = null;
        var isRemoved = false;
        while (document.Read())
        {
            var name = document.Name;
            if (name.SequenceEqual("_id"u8)) id = document.Text();
            else if (name.SequenceEqual("user_id"u8)) userId = document.Number();
            else if (name.SequenceEqual("version"u8)) version = document.Number();
            else if (name.SequenceEqual("created_version"u8)) createdVersion = document.Number();
            else if (name.SequenceEqual("kind"u8)) kind = document.Text();
            else if (name.SequenceEqual("source"u8)) source = document.Text();
            else if (name.SequenceEqual("title"u8)) title = document.Text();
            else if (name.SequenceEqual("preview"u8)) preview = document.Text();
            else if (name.SequenceEqual("count"u8)) count = document.Number();
            else if (name.SequenceEqual("actor_id"u8)) actorId = document.Number();
            else if (name.SequenceEqual("actor_name"u8)) actorName = document.Text();
            else if (name.SequenceEqual("room_id"u8)) roomId = document.Number();
            else if (name.SequenceEqual("message_id"u8)) messageId = document.Text();
            else if (name.SequenceEqual("first_seq"u8)) firstSeq = document.Number();
            else if (name.SequenceEqual("last_seq"u8)) lastSeq = document.Number();
            else if (name.SequenceEqual("friendship_id"u8)) friendshipId = document.Number();
            else if (name.SequenceEqual("happened_at"u8)) happenedAt = document.Number();
            else if (name.SequenceEqual("created_at"u8)) createdAt = document.Number();
            else if (name.SequenceEqual("updated_at"u8)) updatedAt = document.Number();
            else if (name.SequenceEqual("read_at"u8)) readAt = document.Number();
            else if (name.SequenceEqual("sent_at"u8)) sentAt = document.Number();
            else if (name.SequenceEqual("sent_version"u8)) sentVersion = document.Number();
            else if (name.SequenceEqual("is_removed"u8)) isRemoved = document.Boolean();
        }
        return new Notification(
            id, userId, Names.Kind(kind) ?? throw new FormatException($"Unknown kind {kind}."), source, title, preview, (int)count,
            actorId is { } actor ? new Actor(actor, actorName!) : null,
            roomId is { } room ? new MessagePlace(room, messageId, firstSeq, lastSeq) : null, friendshipId,
            DbTime.FromDb(happenedAt), DbTime.FromDb(createdAt), DbTime.FromDb(updatedAt), DbTime.FromDb(readAt), DbTime.FromDb(sentAt),
            sentVersion, version, createdVersion, isRemoved);
    }

    private static TrimmedRow ReadTrimmed(BsonReader document) =>
        new(document.Find("_id"u8) ? document.Text() : "", NumberOf(document, "user_id"u8), NumberOf(document, "version"u8));

    private static long NumberOf(BsonReader document, ReadOnlySpan<byte> name) => document.Find(name) ? document.Number() : 0;

    private static BsonDocument Ascending(params ReadOnlySpan<string> names)
    {
        var writer = new BsonWriter();
        foreach (var name in names) writer.Write(name, 1);
        return writer.ToDocument();
    }

    private static BsonDocument Having(string name) => new BsonWriter().StartDocument(name).Write("$exists", true).End().ToDocument();
}
