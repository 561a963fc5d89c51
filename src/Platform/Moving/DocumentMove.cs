using System.Data.Common;
using BigTech.Platform.Documents;
using Dapper;

namespace BigTech.Platform.Moving;

/// <summary>
/// The move of one table whose rows become documents, in the order of their ids: what the collection has is at any time the first part of
/// what there is. A document is compared as its bytes: MongoDB keeps them as they came.
/// </summary>
internal sealed class DocumentMove : ITableMove
{
    private const int DocumentsTogether = 512;

    private static readonly BsonDocument ById = new BsonWriter().Write("_id", 1).ToDocument();

    private readonly DocumentTable _table;
    private readonly string _file;
    private readonly DbConnection _source;
    private readonly DocumentDatabase _target;
    private MovedTable _state;

    /// <exception cref="StartupException">A column of the file is not known, or one is missing.</exception>
    public DocumentMove(DocumentTable table, string file, DbConnection source, DocumentDatabase target)
    {
        (_table, _file, _source, _target) = (table, file, source, target);
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
        using var session = _target.Open();
        using var here = Here(skipped: 0).GetEnumerator();
        var same = 0L;
        foreach (var document in There(session))
        {
            ct.ThrowIfCancellationRequested();
            if (!here.MoveNext() || !here.Current.Bytes.Span.SequenceEqual(document.Bytes.Span)) throw Foreign();
            same++;
        }
        _state = _state with { Source = _source.ExecuteScalar<long>($"SELECT COUNT(*) FROM \"{_table.Table}\""), Target = same };
        return _state;
    }

    public async Task Copy(Action<MovedTable> progress, CancellationToken ct)
    {
        progress(_state);
        await _target.Run(
            session =>
            {
                _table.CreateIndexes(session);
                return true;
            }, ct);
        foreach (var documents in Here(_state.Target).Chunk(DocumentsTogether))
        {
            ct.ThrowIfCancellationRequested();
            // In order, so that what an interruption leaves is the first part.
            var outcome = await _target.Run(session => session.InsertMany(_table.Collection, documents, ordered: true), ct);
            if (outcome.Duplicates is [var duplicate, ..]) throw NotMoved(duplicate.Message);
            _state = _state with { Target = _state.Target + documents.Length };
            progress(_state);
        }
    }

    private IEnumerable<BsonDocument> Here(long skipped)
    {
        using var reader = _source.ExecuteReader($"SELECT * FROM \"{_table.Table}\" ORDER BY id LIMIT -1 OFFSET @skipped", new { skipped });
        while (reader.Read()) yield return _table.ToDocument(reader);
    }

    private IEnumerable<BsonDocument> There(DocumentSession session)
    {
        var options = new FindOptions(ById, DocumentsTogether);
        var filter = new BsonWriter().ToDocument();
        List<(string Id, BsonDocument Document)> page;
        do
        {
            page = session.Find(_table.Collection, filter, static document => (document.Find("_id"u8) ? document.Text() : "", document.Copy()), options);
            foreach (var (_, document) in page) yield return document;
            if (page.Count > 0) filter = new BsonWriter().StartDocument("_id").Write("$gt", page[^1].Id).End().ToDocument();
        }
        while (page.Count == DocumentsTogether);
    }

    private StartupException NotMoved(string message) => new($"The table {_table.Table} of {_file} cannot be moved ({message.TrimEnd('.')}).");

    private StartupException Foreign() => new(
        $"The collection {_table.Collection} of MongoDB holds documents that are not from {_file}. Choose another Mongo:Database, or drop the collection.");
}
