using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.BuildingBlocks.Storage.Mongo;

/// <summary>A MongoDB query and the conversion of its documents. Readers await the result, a store's writer blocks for it.</summary>
public sealed class DocumentQuery<T>(IAsyncCursorSource<BsonDocument> source, Converter<BsonDocument, T> read)
{
    public async Task<List<T>> ToListAsync(CancellationToken limit) => (await source.ToListAsync(limit)).ConvertAll(read);

    public List<T> ToList(CancellationToken limit) => source.ToList(limit).ConvertAll(read);
}

public static class DocumentQueries
{
    public static DocumentQuery<T> ReadAs<T>(this IAsyncCursorSource<BsonDocument> source, Converter<BsonDocument, T> read) =>
        new(source, read);

    /// <summary>An integer, 32 or 64 bits.</summary>
    public static long Number(this BsonDocument document, string field) => document[field].ToInt64();

    /// <summary>The model of an index to create.</summary>
    /// <param name="only">Only matching documents are in the index.</param>
    public static CreateIndexModel<BsonDocument> Index(
        string name, IndexKeysDefinition<BsonDocument> keys, FilterDefinition<BsonDocument>? only = null, bool isUnique = false) =>
        new(keys, new CreateIndexOptions<BsonDocument> { Name = name, PartialFilterExpression = only, Unique = isUnique ? true : null });
}
