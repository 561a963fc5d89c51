using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace BigTech.Notifications.Storage;

/// <summary>A part of a transaction's document changes, as it was committed.</summary>
internal sealed record LoggedChanges(long Number, byte[] Data)
{
    /// <summary>In the order in which they happened.</summary>
    public IEnumerable<DocumentChange> Changes => DocumentChange.ReadAll(Data);
}

/// <summary>The new state of one document.</summary>
/// <param name="IsNew">Whether the document is created.</param>
/// <param name="Fields">All of it but the id.</param>
internal sealed record DocumentChange(string Id, long UserId, long Version, bool IsNew, BsonDocument Fields)
{
    private const string Name = "changes";

    // A few hundred notifications: far below the limits of rows and of commands, and written well within the time limit.
    private const int MaxPartSize = 1 << 18;

    public static DocumentChange From(Notification now, bool isNew) =>
        new(now.Id, now.UserId, now.Version, isNew, NotificationDocuments.Fields(now));

    /// <summary>Serializes changes, in parts of limited size.</summary>
    public static List<byte[]> WriteAll(IEnumerable<DocumentChange> changes)
    {
        var parts = new List<byte[]>();
        var part = new BsonArray();
        var size = 0;
        foreach (var change in changes)
        {
            if (size > MaxPartSize) EndPart();
            size += change.Fields.ToBson().Length;
            part.Add(new BsonDocument
            {
                { "_id", change.Id },
                { "user_id", change.UserId },
                { "version", change.Version },
                { "is_new", change.IsNew },
                { "fields", change.Fields },
            });
        }
        if (size > 0) EndPart();
        return parts;

        void EndPart()
        {
            parts.Add(new BsonDocument(Name, part).ToBson());
            part = [];
            size = 0;
        }
    }

    public static List<DocumentChange> ReadAll(byte[] data) =>
        [.. BsonSerializer.Deserialize<BsonDocument>(data)[Name].AsBsonArray.Select(change => Read(change.AsBsonDocument))];

    private static DocumentChange Read(BsonDocument change) => new(
        change["_id"].AsString, change.Number("user_id"), change.Number("version"), change["is_new"].AsBoolean,
        change["fields"].AsBsonDocument);
}

/// <summary>Committed document changes, as rows of the same transaction. They are kept until MongoDB is known to have them.</summary>
internal static class PendingDocumentWrites
{
    private const string NumbersSql = "SELECT number FROM document_log ORDER BY number";

    private const string ReadSql = "SELECT data FROM document_log WHERE number = ?1";

    /// <summary>All numbers, in order.</summary>
    public static ValueTask<List<long>> Numbers(ReadSession reader) => reader.Prepared(NumbersSql).Query(row => row.Number(0));

    public static LoggedChanges Read(UnitOfWork work, long number) =>
        new(number, work.Prepared(ReadSql).Bind(1, number).Query(row => row.Bytes(0)).Now()[0]);

    public static LoggedChanges Append(UnitOfWork work, byte[] data) =>
        new(work.Insert("INSERT INTO document_log (data) VALUES (@data)", new { data }), data);

    public static void DeleteUpTo(UnitOfWork work, long number) =>
        work.Execute("DELETE FROM document_log WHERE number <= @number", new { number });
}
