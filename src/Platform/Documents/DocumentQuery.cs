using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Platform.Documents;

/// <summary>A question to MongoDB, and what its documents are read as. Readers await the answer, a store's writer waits for it.</summary>
public sealed class DocumentQuery<T>(IAsyncCursorSource<BsonDocument> source, Converter<BsonDocument, T> read)
{
    public async Task<List<T>> ToListAsync(CancellationToken limit) => (await source.ToListAsync(limit)).ConvertAll(read);

    public List<T> ToList(CancellationToken limit) => source.ToList(limit).ConvertAll(read);
}

public static class DocumentQueries
{
    public static DocumentQuery<T> ReadAs<T>(this IAsyncCursorSource<BsonDocument> source, Converter<BsonDocument, T> read) => new(source, read);

    /// <summary>A whole number of either size.</summary>
    public static long Number(this BsonDocument document, string field) => document[field].ToInt64();

    /// <summary>An index to have.</summary>
    /// <param name="only">Only documents that match it are in the index.</param>
    public static CreateIndexModel<BsonDocument> Index(
        string name, IndexKeysDefinition<BsonDocument> keys, FilterDefinition<BsonDocument>? only = null, bool isUnique = false) =>
        new(keys, new CreateIndexOptions<BsonDocument> { Name = name, PartialFilterExpression = only, Unique = isUnique ? true : null });
}
