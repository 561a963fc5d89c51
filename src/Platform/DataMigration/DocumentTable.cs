using System.Data;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Platform.DataMigration;

/// <summary>A table of an embedded installation whose rows are documents where they go.</summary>
/// <param name="Store">The context's.</param>
/// <param name="Indexes">What the collection has to have.</param>
/// <param name="Copied">The columns that are fields of the same name, where they have a value. The column <c>id</c> is always <c>_id</c>.</param>
/// <param name="Others">The columns of which the document has something else, or nothing.</param>
/// <param name="AddOthers">What the document has besides.</param>
public sealed record DocumentTable(
    string Store, string Table, string Collection, IReadOnlyList<CreateIndexModel<BsonDocument>> Indexes, IReadOnlyList<string> Copied,
    IReadOnlyList<string> Others, Action<IDataRecord, BsonDocument> AddOthers)
{
    private const string Key = "id";

    /// <summary>All the columns that a file must have, and no other.</summary>
    internal IEnumerable<string> Columns => [Key, .. Copied, .. Others];

    internal BsonDocument ToDocument(IDataRecord row)
    {
        var document = new BsonDocument("_id", (string)row[Key]);
        foreach (var column in Copied.Where(column => row[column] is not DBNull)) document.Add(column, Value(column, row[column]));
        AddOthers(row, document);
        return document;
    }

    private BsonValue Value(string column, object value) => value switch
    {
        long or string or byte[] => BsonValue.Create(value),
        _ => throw new StartupException($"The column {column} of {Table} holds a {value.GetType().Name}, which has no place there."),
    };
}
