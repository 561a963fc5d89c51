using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;
using MongoDB.Bson;
using MongoDB.Driver;
using Documents = MongoDB.Driver.IMongoCollection<MongoDB.Bson.BsonDocument>;

namespace BigTech.Notifications.Storage;

/// <summary>
/// Notifications as documents: the same fields as the rows, without empty ones, and <c>unread: true</c> if there is no read time, so that
/// an index can cover only unread documents.
/// </summary>
internal static class NotificationDocuments
{
    public const string Collection = "notifications";

    private static readonly FilterDefinitionBuilder<BsonDocument> Where = Builders<BsonDocument>.Filter;
    private static readonly BsonDocument NewestFirst = new() { { "happened_at", -1 }, { "_id", -1 } };
    private static readonly BsonDocument ListedFirst = new() { { "is_removed", 1 }, { "happened_at", -1 }, { "_id", -1 } };
    private static readonly BsonDocument OldestFirst = Ascending("happened_at", "_id");
    private static readonly BsonDocument Place = Ascending("user_id", "version", "read_at");
    private static readonly FilterDefinition<BsonDocument> Unread = Where.Eq("unread", true);

    /// <summary>
    /// Only the id is unique: transactions run one after the other, and each checks before it inserts. With another unique index a repeated
    /// write, which is harmless, would become an error.
    /// </summary>
    public static IReadOnlyList<CreateIndexModel<BsonDocument>> Indexes { get; } =
    [
        // A user's version, and changes after a version.
        DocumentQueries.Index("notifications_by_version", new BsonDocument { { "user_id", 1 }, { "version", -1 } }),
        // The list, its length, and a user's notifications of a room that they leave.
        DocumentQueries.Index("notifications_by_time", Ascending("user_id", "is_removed", "happened_at", "_id")),
        DocumentQueries.Index("notifications_unread", Ascending("user_id", "unread", "happened_at", "_id"), Unread),
        // The notifications that a room's messages collapse into, and the mentions that a user reads with the room.
        DocumentQueries.Index("notifications_unread_of_room", Ascending("room_id", "kind", "user_id"), Unread),
        // A message that was edited or deleted.
        DocumentQueries.Index("notifications_of_message", Ascending("message_id"), Where.Exists("message_id")),
        // A request that was answered or cancelled.
        DocumentQueries.Index("notifications_of_friendship", Ascending("friendship_id"), Where.Exists("friendship_id")),
        // A repeated event.
        DocumentQueries.Index("notifications_by_source", Ascending("source")),
        // NotificationsHousekeeping.
        DocumentQueries.Index("notifications_read", Ascending("read_at", "_id"), Where.Exists("read_at")),
    ];

    /// <summary>Migrates the rows of an embedded installation to these documents.</summary>
    public static DocumentTable MigrationTable { get; } = new(
        NotificationsDatabase.Name, "notifications", Collection, Indexes,
        [
            "user_id", "version", "created_version", "kind", "source", "title", "preview", "count", "actor_id", "actor_name", "room_id",
            "message_id",
            "first_seq", "last_seq", "friendship_id", "happened_at", "created_at", "updated_at", "read_at", "sent_at",
            "sent_version", "counted",
        ],
        ["is_removed"],
        static (row, document) => document.Add("unread", true, row["read_at"] is DBNull).Add("is_removed", row["is_removed"] is not 0L));

    /// <summary>All of a document but its id.</summary>
    public static BsonDocument Fields(Notification n) => new()
    {
        { "user_id", n.UserId },
        { "version", n.Version },
        { "created_version", n.CreatedVersion },
        { "kind", NotificationWireNames.NameOf(n.Kind) },
        { "source", n.Source },
        { "title", n.Title },
        { "preview", n.Preview, n.Preview is not null },
        { "count", (long)n.Count },
        { "actor_id", n.Actor?.UserId, n.Actor is not null },
        { "actor_name", n.Actor?.Name, n.Actor is not null },
        { "room_id", n.Place?.RoomId, n.Place is not null },
        { "message_id", n.Place?.MessageId, n.Place?.MessageId is not null },
        { "first_seq", n.Place?.FirstSeq, n.Place is not null },
        { "last_seq", n.Place?.LastSeq, n.Place is not null },
        { "friendship_id", n.FriendshipId, n.FriendshipId is not null },
        { "happened_at", n.HappenedAt.ToDb() },
        { "created_at", n.CreatedAt.ToDb() },
        { "updated_at", n.UpdatedAt.ToDb() },
        { "read_at", n.ReadAt?.ToDb(), n.ReadAt is not null },
        { "unread", true, n.ReadAt is null },
        { "sent_at", n.SentAt?.ToDb(), n.SentAt is not null },
        { "sent_version", n.SentVersion, n.SentAt is not null },
        { "is_removed", n.IsRemoved },
        { "counted", n.Counted.ToString(), n.Counted.Count > 0 },
    };

    public static DocumentQuery<Notification> Find(Documents notifications, FilterDefinition<BsonDocument> filter) =>
        notifications.Find(filter).ReadAs(Read);

    public static FilterDefinition<BsonDocument> ById(string id) => Where.Eq("_id", id);

    public static FilterDefinition<BsonDocument> ByIds(IEnumerable<string> ids) => Where.In("_id", ids);

    public static FilterDefinition<BsonDocument> UnreadOf(long userId) => OfUser(userId) & Unread;

    public static FilterDefinition<BsonDocument> AllOf(long userId) => OfUser(userId) & Where.Eq("is_removed", false);

    public static FilterDefinition<BsonDocument> OfFriendship(long friendshipId) =>
        Where.Eq("friendship_id", friendshipId) & Unread;

    public static FilterDefinition<BsonDocument> NewMessages(IEnumerable<long> rooms) =>
        Where.In("room_id", rooms) & OfKind(NotificationKind.Message) & Unread;

    /// <summary>Of any of the users in any of the rooms.</summary>
    public static FilterDefinition<BsonDocument> Mentions(IEnumerable<long> rooms, IEnumerable<long> users) =>
        Where.In("room_id", rooms) & OfKind(NotificationKind.Mention) & Unread & Where.In("user_id", users);

    public static FilterDefinition<BsonDocument> InvitesOf(long userId) => UnreadOf(userId) & OfKind(NotificationKind.GroupInvite);

    public static FilterDefinition<BsonDocument> OfRoom(long roomId, long userId) => AllOf(userId) & Where.Eq("room_id", roomId);

    public static FilterDefinition<BsonDocument> SystemOf(long roomId) =>
        Where.Eq("room_id", roomId) & OfKind(NotificationKind.System) & Unread;

    public static FilterDefinition<BsonDocument> OfMessage(string messageId) =>
        Where.Eq("message_id", messageId) & Where.Eq("is_removed", false);

    /// <summary>A document of this version or newer.</summary>
    public static FilterDefinition<BsonDocument> At(string id, long version) => ById(id) & Where.Gte("version", version);

    /// <summary>A document older than a version.</summary>
    public static FilterDefinition<BsonDocument> Before(string id, long version) => ById(id) & Where.Lt("version", version);

    /// <summary>Documents that changed after a version.</summary>
    public static FilterDefinition<BsonDocument> Behind(long userId, long version) => OfUser(userId) & Where.Gt("version", version);

    /// <summary>Documents that have not changed since.</summary>
    public static FilterDefinition<BsonDocument> Unchanged(IEnumerable<TrimmedRow> rows) =>
        Where.Or(rows.Select(row => ById(row.Id) & Where.Eq("version", row.Version)));

    /// <summary>The users who have a notification of that source.</summary>
    public static DocumentQuery<long> UsersWith(Documents notifications, string source) => notifications
        .Find(Where.Eq("source", source)).Project(Ascending("user_id")).ReadAs(document => document.Number("user_id"));

    /// <summary>The versions of users who have any: the first entry of each in the index by version.</summary>
    public static DocumentQuery<(long UserId, long Version)> Versions(Documents notifications, IEnumerable<long> users) => notifications
        .Aggregate().Match(Where.In("user_id", users))
        .Sort(new BsonDocument { { "user_id", 1 }, { "version", -1 } })
        .Group(new BsonDocument { { "_id", "$user_id" }, { "version", new BsonDocument("$first", "$version") } })
        .ReadAs(document => (document.Number("_id"), document.Number("version")));

    /// <summary>The unread counts of users who have any.</summary>
    public static DocumentQuery<(long UserId, long Count)> CountUnread(Documents notifications, IEnumerable<long> users) => notifications
        .Aggregate().Match(Where.In("user_id", users) & Unread).Group(CountByUser)
        .ReadAs(document => (document.Number("_id"), document.Number("count")));

    /// <summary>A user's version, if they have any.</summary>
    public static DocumentQuery<long> Version(Documents notifications, long userId) => notifications
        .Find(OfUser(userId)).Sort(new BsonDocument("version", -1)).Limit(1).Project(Ascending("version"))
        .ReadAs(document => document.Number("version"));

    public static DocumentQuery<Notification> Since(Documents notifications, long userId, long version) =>
        notifications.Find(Behind(userId, version)).Sort(Ascending("version")).ReadAs(Read);

    /// <param name="newer">Documents after the position, oldest first; otherwise those before it, newest first.</param>
    public static DocumentQuery<Notification> Page(
        Documents notifications, long userId, bool unreadOnly, NotificationListPlace place, bool newer, int limit, int skip)
    {
        var listed = unreadOnly ? UnreadOf(userId) : AllOf(userId);
        // The first bound is for the index; the second is exact.
        var beside = newer
            ? Where.Gte("happened_at", place.At) & (
                Where.Gt("happened_at", place.At) | (Where.Eq("happened_at", place.At) & Where.Gt("_id", place.Id)))
            : Where.Lte("happened_at", place.At) & (
                Where.Lt("happened_at", place.At) | (Where.Eq("happened_at", place.At) & Where.Lt("_id", place.Id)));
        return notifications.Find(listed & beside).Sort(newer ? OldestFirst : NewestFirst).Limit(limit).Skip(skip).ReadAs(Read);
    }

    /// <summary>A batch of those that were read before a time, ordered by the time they were read.</summary>
    /// <param name="behind">The read time and id of the last known one.</param>
    public static DocumentQuery<(TrimmedRow Row, long ReadAt)> ReadBefore(
        Documents notifications, long before, (long ReadAt, string Id)? behind)
    {
        var read = Where.Lt("read_at", before);
        if (behind is var (readAt, id))
        {
            read = read & Where.Gte("read_at", readAt) & (
                Where.Gt("read_at", readAt) | (Where.Eq("read_at", readAt) & Where.Gt("_id", id)));
        }
        return notifications.Find(read).Sort(Ascending("read_at", "_id")).Limit(Trimming.BatchSize).Project(Place)
            .ReadAs(document => (ReadTrimmed(document), document.Number("read_at")));
    }

    /// <summary>The users with more notifications than the limit.</summary>
    public static DocumentQuery<long> UsersBeyond(Documents notifications, int limit) => notifications
        .Aggregate().Group(CountByUser).Match(Where.Gt("count", (long)limit)).ReadAs(document => document.Number("_id"));

    /// <summary>A user's notifications above the limit, newest first; what has ended is above what is listed.</summary>
    public static DocumentQuery<TrimmedRow> Beyond(Documents notifications, long userId, int limit) =>
        notifications.Find(OfUser(userId)).Sort(ListedFirst).Skip(limit).Project(Place).ReadAs(ReadTrimmed);

    private static BsonDocument CountByUser => new() { { "_id", "$user_id" }, { "count", new BsonDocument("$sum", 1L) } };

    private static FilterDefinition<BsonDocument> OfUser(long userId) => Where.Eq("user_id", userId);

    private static FilterDefinition<BsonDocument> OfKind(NotificationKind kind) => Where.Eq("kind", NotificationWireNames.NameOf(kind));

    private static Notification Read(BsonDocument document)
    {
        var kind = NotificationWireNames.Kind(Text("kind")!) ?? throw new FormatException($"Unknown kind {Text("kind")}.");
        return new Notification(
            document["_id"].AsString, document.Number("user_id"), kind,
            Text("source")!, Text("title")!, Text("preview"), (int)document.Number("count"),
            Number("actor_id") is { } actor ? new Actor(actor, Text("actor_name")!) : null,
            Number("room_id") is { } room
                ? new MessagePlace(room, Text("message_id"), document.Number("first_seq"), document.Number("last_seq"))
                : null,
            Number("friendship_id"), DbTime.FromDb(document.Number("happened_at")), DbTime.FromDb(document.Number("created_at")),
            DbTime.FromDb(document.Number("updated_at")), DbTime.FromDb(Number("read_at")), DbTime.FromDb(Number("sent_at")),
            Number("sent_version") ?? 0, document.Number("version"), document.Number("created_version"), document["is_removed"].AsBoolean)
        {
            Counted = Notification.ReadCounted(
                Text("counted"), kind, Number("read_at") is null, document.Number("count"), Number("last_seq") ?? 0,
                Number("room_id")),
        };

        string? Text(string field) => document.GetValue(field, null)?.AsString;

        long? Number(string field) => document.GetValue(field, null)?.ToInt64();
    }

    private static TrimmedRow ReadTrimmed(BsonDocument document) =>
        new(document["_id"].AsString, document.Number("user_id"), document.Number("version"));

    private static BsonDocument Ascending(params IEnumerable<string> names) => new(names.Select(name => new BsonElement(name, 1)));
}
