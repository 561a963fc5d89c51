using System.Data;
using BigTech.Platform.Documents;

namespace BigTech.Platform.Moving;

/// <summary>A table of an embedded installation whose rows are documents where they go.</summary>
/// <param name="Store">The context's.</param>
/// <param name="CreateIndexes">Makes the collection ready.</param>
/// <param name="Copied">The columns that are fields of the same name, where they have a value. The column <c>id</c> is always <c>_id</c>.</param>
/// <param name="Others">The columns of which the document has something else, or nothing.</param>
/// <param name="WriteOthers">What the document has besides.</param>
public sealed record DocumentTable(
    string Store, string Table, string Collection, Action<DocumentSession> CreateIndexes, IReadOnlyList<string> Copied, IReadOnlyList<string> Others,
    Action<IDataRecord, BsonWriter> WriteOthers)
{
    private const string Key = "id";

    /// <summary>All the columns that a file must have, and no other.</summary>
    internal IEnumerable<string> Columns => [Key, .. Copied, .. Others];

    internal BsonDocument ToDocument(IDataRecord row)
    {
        var document = new BsonWriter().Write("_id", (string)row[Key]);
        foreach (var column in Copied) Write(document, column, row[column]);
        WriteOthers(row, document);
        return document.ToDocument();
    }

    private void Write(BsonWriter document, string column, object value)
    {
        switch (value)
        {
            case DBNull: break;
            case long number: document.Write(column, number); break;
            case string text: document.Write(column, text); break;
            case byte[] bytes: document.Write(column, bytes); break;
            default: throw new StartupException($"The column {column} of {Table} holds a {value.GetType().Name}, which has no place there.");
        }
    }
}
