using BigTech.Notifications.Domain;
using BigTech.Platform.Documents;
using BigTech.Platform.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>A part of a transaction's changes of documents, as it was committed.</summary>
internal sealed record LoggedChanges(long Number, byte[] Data)
{
    /// <summary>In the order in which they happened.</summary>
    public IEnumerable<DocumentChange> Changes => DocumentChange.ReadAll(Data);
}

/// <summary>What one document has become.</summary>
/// <param name="IsNew">Whether there was none before.</param>
/// <param name="Fields">All of it but the id.</param>
internal sealed record DocumentChange(string Id, long UserId, long Version, bool IsNew, BsonDocument Fields)
{
    private const string Name = "changes";

    // Some hundred notifications: far from what servers take at once, of rows as of commands, and done long before a time limit.
    private const int LargestPart = 1 << 18;

    public static DocumentChange Of(Notification now, bool isNew) => new(now.Id, now.UserId, now.Version, isNew, NotificationDocuments.Fields(now));

    /// <summary>Changes as bytes, in parts that are not too large.</summary>
    public static List<byte[]> WriteAll(IEnumerable<DocumentChange> changes)
    {
        var parts = new List<byte[]>();
        var writer = new BsonWriter().StartArray(Name);
        var size = 0;
        foreach (var change in changes)
        {
            if (size > LargestPart)
            {
                parts.Add(End(writer));
                writer = new BsonWriter().StartArray(Name);
                size = 0;
            }
            size += change.Fields.Bytes.Length;
            writer.StartDocument(null).Write("_id", change.Id).Write("user_id", change.UserId).Write("version", change.Version)
                .Write("is_new", change.IsNew).Write("fields", change.Fields).End();
        }
        if (size > 0) parts.Add(End(writer));
        return parts;
    }

    public static List<DocumentChange> ReadAll(byte[] data)
    {
        var changes = new List<DocumentChange>();
        var document = new BsonReader(data);
        if (!document.Find("changes"u8)) return changes;
        var list = document.Document();
        while (list.Read()) changes.Add(Read(list.Document()));
        return changes;
    }

    private static byte[] End(BsonWriter writer) => writer.End().ToDocument().Bytes.ToArray();

    private static DocumentChange Read(BsonReader change)
    {
        var (id, userId, version) = ("", 0L, 0L);
        var isNew = false;
        BsonDocument fields = default;
        while (change.Read())
        {
            var name = change.Name;
            if (name.SequenceEqual("_id"u8)) id = change.Text();
            else if (name.SequenceEqual("user_id"u8)) userId = change.Number();
            else if (name.SequenceEqual("version"u8)) version = change.Number();
            else if (name.SequenceEqual("is_new"u8)) isNew = change.Boolean();
            else if (name.SequenceEqual("fields"u8)) fields = change.Document().Copy();
        }
        return new DocumentChange(id, userId, version, isNew, fields);
    }
}

/// <summary>
/// The changes of documents that are committed, as rows of the same transaction, until it is known that MongoDB has them.
/// </summary>
internal static class DocumentLog
{
    private const string NumbersSql = "SELECT number FROM document_log ORDER BY number";

    private const string ReadSql = "SELECT data FROM document_log WHERE number = ?1";

    /// <summary>The numbers of all there are, in order.</summary>
    public static ValueTask<List<long>> Numbers(SqlSession session) => session.Prepared(NumbersSql).Query(row => row.Number(0));

    public static LoggedChanges Read(WriteSession session, long number) =>
        new(number, session.Prepared(ReadSql).Bind(1, number).Query(row => row.Bytes(0)).Now()[0]);

    public static LoggedChanges Append(WriteSession session, byte[] data) =>
        new(session.Insert("INSERT INTO document_log (data) VALUES (@data)", new { data }), data);

    public static void DeleteUpTo(WriteSession session, long number) =>
        session.Execute("DELETE FROM document_log WHERE number <= @number", new { number });
}
