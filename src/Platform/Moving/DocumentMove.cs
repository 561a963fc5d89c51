using System.Data.Common;
using BigTech.Platform.Documents;
using Dapper;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Platform.Moving;

/// <summary>
/// The move of one table whose rows become documents, in the order of their ids: what the collection has is at any time the first part of
/// what there is. A document is compared field by field, in their order: MongoDB keeps them as they came.
/// </summary>
internal sealed class DocumentMove : ITableMove
{
    private const int DocumentsTogether = 512;

    private static readonly FilterDefinitionBuilder<BsonDocument> Where = Builders<BsonDocument>.Filter;

    private readonly DocumentTable _table;
    private readonly string _file;
    private readonly DbConnection _source;
    private readonly DocumentDatabase _target;
    private readonly IMongoCollection<BsonDocument> _collection;
    private MovedTable _state;

    /// <exception cref="StartupException">A column of the file is not known, or one is missing.</exception>
    public DocumentMove(DocumentTable table, string file, DbConnection source, DocumentDatabase target)
    {
        (_table, _file, _source, _target) = (table, file, source, target);
        _collection = target.Collection(table.Collection);
        var here = source.Query<string>("SELECT name FROM pragma_table_info(@Table)", new { table.Table }).ToList();
        var different = here.Union(table.Columns).Except(here.Intersect(table.Columns)).ToList();
        if (different.Count > 0)
        {
            throw new StartupException($"The columns of {table.Table} are not the same here and there: {string.Join(", ", different)}.");
        }
        _state = new MovedTable(table.Store, table.Table, 0, 0);
    }

    public MovedTable Compare(CancellationToken ct)
    {
        using var here = Here(skipped: 0).GetEnumerator();
        var same = 0L;
        foreach (var document in There())
        {
            ct.ThrowIfCancellationRequested();
            if (!here.MoveNext() || here.Current != document) throw Foreign();
            same++;
        }
        _state = _state with { Source = _source.ExecuteScalar<long>($"SELECT COUNT(*) FROM \"{_table.Table}\""), Target = same };
        return _state;
    }

    public async Task Copy(Action<MovedTable> progress, CancellationToken ct)
    {
        progress(_state);
        await _target.Run(limit => _collection.Indexes.CreateManyAsync(_table.Indexes, limit), ct);
        foreach (var documents in Here(_state.Target).Chunk(DocumentsTogether))
        {
            ct.ThrowIfCancellationRequested();
            await Insert(documents, ct);
            _state = _state with { Target = _state.Target + documents.Length };
            progress(_state);
        }
    }

    private async Task Insert(BsonDocument[] documents, CancellationToken ct)
    {
        try
        {
            // In order, so that what an interruption leaves is the first part.
            var inOrder = new InsertManyOptions { IsOrdered = true };
            await _target.Run(
                async limit =>
                {
                    await _collection.InsertManyAsync(documents, inOrder, limit);
                    return true;
                }, ct);
        }
        catch (MongoBulkWriteException error) when (error.DuplicateKey() is { } duplicate)
        {
            throw NotMoved(duplicate.Message);
        }
    }

    private IEnumerable<BsonDocument> Here(long skipped)
    {
        using var reader = _source.ExecuteReader($"SELECT * FROM \"{_table.Table}\" ORDER BY id LIMIT -1 OFFSET @skipped", new { skipped });
        while (reader.Read()) yield return _table.ToDocument(reader);
    }

    private IEnumerable<BsonDocument> There()
    {
        var filter = Where.Empty;
        List<BsonDocument> page;
        do
        {
            var rest = _collection.Find(filter).Sort(new BsonDocument("_id", 1)).Limit(DocumentsTogether);
            page = _target.Call(limit => rest.ToList(limit));
            foreach (var document in page) yield return document;
            if (page.Count > 0) filter = Where.Gt("_id", page[^1]["_id"]);
        }
        while (page.Count == DocumentsTogether);
    }

    private StartupException NotMoved(string message) => new($"The table {_table.Table} of {_file} cannot be moved ({message.TrimEnd('.')}).");

    private StartupException Foreign() => new(
        $"The collection {_table.Collection} of MongoDB holds documents that are not from {_file}. Choose another Mongo:Database, or drop the collection.");
}
