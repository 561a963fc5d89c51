using System.Data.Common;
using BigTech.BuildingBlocks.Storage.Mongo;
using Dapper;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.DataMigration;

/// <summary>
/// Migrates one table whose rows become documents, in id order: the collection always holds a prefix of the table. Field order is compared.
/// </summary>
internal sealed class DocumentMigration : ITableMigration
{
    private const int BatchSize = 512;

    private static readonly FilterDefinitionBuilder<BsonDocument> Where = Builders<BsonDocument>.Filter;

    private readonly DocumentTable _table;
    private readonly string _file;
    private readonly DbConnection _source;
    private readonly DocumentDatabase _target;
    private readonly IMongoCollection<BsonDocument> _collection;
    private MigratedTable _state;

    /// <exception cref="StartupException">The file has an unknown column, or lacks one.</exception>
    public DocumentMigration(DocumentTable table, string file, DbConnection source, DocumentDatabase target)
    {
        (_table, _file, _source, _target) = (table, file, source, target);
        _collection = target.Collection(table.Collection);
        var columns = source.Query<string>("SELECT name FROM pragma_table_info(@Table)", new { table.Table }).ToList();
        var different = columns.Union(table.Columns).Except(columns.Intersect(table.Columns)).ToList();
        if (different.Count > 0)
        {
            throw new StartupException($"The columns of {table.Table} differ between source and target: {string.Join(", ", different)}.");
        }
        _state = new MigratedTable(table.Store, table.Table, 0, 0);
    }

    public MigratedTable Compare(CancellationToken ct)
    {
        using var sources = SourceDocuments(skipped: 0).GetEnumerator();
        var same = 0L;
        foreach (var document in TargetDocuments())
        {
            ct.ThrowIfCancellationRequested();
            if (!sources.MoveNext() || sources.Current != document) throw Foreign();
            same++;
        }
        _state = _state with { Source = _source.ExecuteScalar<long>($"SELECT COUNT(*) FROM \"{_table.Table}\""), Target = same };
        return _state;
    }

    public async Task Copy(Action<MigratedTable> progress, CancellationToken ct)
    {
        progress(_state);
        await _target.Run(limit => _collection.Indexes.CreateManyAsync(_table.Indexes, limit), ct);
        foreach (var documents in SourceDocuments(_state.Target).Chunk(BatchSize))
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
            // Ordered, so that an interruption leaves a prefix.
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
            throw CannotCopy(duplicate.Message);
        }
    }

    private IEnumerable<BsonDocument> SourceDocuments(long skipped)
    {
        using var reader = _source.ExecuteReader($"SELECT * FROM \"{_table.Table}\" ORDER BY id LIMIT -1 OFFSET @skipped", new { skipped });
        while (reader.Read()) yield return _table.ToDocument(reader);
    }

    private IEnumerable<BsonDocument> TargetDocuments()
    {
        var filter = Where.Empty;
        List<BsonDocument> page;
        do
        {
            var rest = _collection.Find(filter).Sort(new BsonDocument("_id", 1)).Limit(BatchSize);
            page = _target.Call(limit => rest.ToList(limit));
            foreach (var document in page) yield return document;
            if (page.Count > 0) filter = Where.Gt("_id", page[^1]["_id"]);
        }
        while (page.Count == BatchSize);
    }

    private StartupException CannotCopy(string message) =>
        new($"The table {_table.Table} of {_file} cannot be migrated ({message.TrimEnd('.')}).");

    private StartupException Foreign() => new(
        $"The collection {_table.Collection} of MongoDB holds documents that are not from {_file}. "
        + "Choose another Mongo:Database, or drop the collection.");
}
