using System.Data;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.BuildingBlocks.Storage.Mongo;

/// <summary>A table of an embedded installation whose rows become documents in the target.</summary>
/// <param name="Store">The name of the context's store.</param>
/// <param name="Indexes">The indexes that the collection needs.</param>
/// <param name="Copied">The columns that become fields of the same name if not null; <c>id</c> becomes <c>_id</c>.</param>
/// <param name="Others">The columns that the document holds in another form, or not at all.</param>
/// <param name="AddOthers">Adds the remaining fields of the document.</param>
public sealed record DocumentTable(
    string Store, string Table, string Collection, IReadOnlyList<CreateIndexModel<BsonDocument>> Indexes, IReadOnlyList<string> Copied,
    IReadOnlyList<string> Others, Action<IDataRecord, BsonDocument> AddOthers)
{
    private const string Key = "id";

    /// <summary>The exact set of columns that a file must have.</summary>
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
