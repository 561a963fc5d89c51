using System.Data.Common;
using BigTech.BuildingBlocks.Storage.Sql;
using Dapper;

namespace BigTech.DataMigration;

/// <summary>Migrates one table whose rows remain rows.</summary>
internal sealed class TableCopier : ITableMigration
{
    private const int BatchSize = 512;
    private const int AlterSeconds = 120;

    private readonly string _file;
    private readonly DbConnection _source;
    private readonly Store _target;
    private readonly TableColumns _columns;
    private readonly BulkInsert _insert;
    private MigratedTable _state;
    private bool _hasBlankRow;

    /// <exception cref="StartupException">The columns of source and target do not match.</exception>
    public TableCopier(string name, string file, DbConnection source, Store target)
    {
        _file = file;
        _source = source;
        _target = target;
        using (var connection = target.Engine.OpenReaderNow()) _columns = TableColumns.Match(name, source, connection);
        var places = string.Join(", ", Enumerable.Range(1, _columns.Written.Count).Select(place => $"?{place}"));
        var (head, row) = (
            $"INSERT INTO `{name}` ({string.Join(", ", _columns.Written.Select(column => $"`{column}`"))}) VALUES ", $"({places})");
        _insert = new BulkInsert(head + row, head, row);
        _state = new MigratedTable(target.Name, name, 0, 0);
    }

    public MigratedTable Compare(CancellationToken ct)
    {
        using var connection = _target.Engine.OpenReaderNow();
        using var sources = Rows(_source, _columns.SelectSource, new { skipped = 0 }).GetEnumerator();
        var same = 0L;
        _hasBlankRow = false;
        foreach (var row in Rows(connection, _columns.SelectTarget))
        {
            ct.ThrowIfCancellationRequested();
            if (_hasBlankRow || !sources.MoveNext()) throw Foreign();
            if (_columns.AreSame(sources.Current, row)) same++;
            else if (same == 0 && _columns.IsBlank(row, sources.Current)) _hasBlankRow = true;
            else throw Foreign();
        }
        _state = _state with { Source = _source.ExecuteScalar<long>($"SELECT COUNT(*) FROM \"{_state.Table}\""), Target = same };
        return _state;
    }

    public async Task Copy(Action<MigratedTable> progress, CancellationToken ct)
    {
        progress(_state);
        foreach (var rows in Rows(_source, _columns.SelectSource, new { skipped = _state.Target }).Chunk(BatchSize))
        {
            ct.ThrowIfCancellationRequested();
            await Write(rows);
            _hasBlankRow = false;
            _state = _state with { Target = _state.Target + rows.Length };
            progress(_state);
        }
        ContinueIds();
    }

    private async Task Write(object?[][] rows)
    {
        try
        {
            await _target.Write(work => Insert(work, rows));
        }
        catch (DbException error)
        {
            throw new StartupException($"The table {_state.Table} of {_file} cannot be migrated ({error.Message.TrimEnd('.')}).", error);
        }
    }

    private void Insert(UnitOfWork work, object?[][] rows)
    {
        // The initial row of the schema is deleted in the transaction that inserts its successor.
        if (_hasBlankRow) work.Execute($"DELETE FROM `{_state.Table}`");
        var insert = work.Batch(_insert);
        foreach (var row in rows)
        {
            _columns.Bind(insert, row, work.WriterEpoch);
            work.Execute(insert);
        }
    }

    /// <summary>Ids are never reused, even if their row has been deleted.</summary>
    private void ContinueIds()
    {
        var last = _source.QueryFirstOrDefault<long?>("SELECT seq FROM sqlite_sequence WHERE name = @Table", new { _state.Table });
        if (last is not > 0) return;
        // On its own connection: the statement would commit the writer's transaction.
        using var connection = _target.Engine.OpenWriter();
        connection.Execute(
            string.Create(
                CultureInfo.InvariantCulture, $"ALTER TABLE `{_state.Table}` AUTO_INCREMENT = {last + 1}"), commandTimeout: AlterSeconds);
    }

    private IEnumerable<object?[]> Rows(DbConnection connection, string sql, object? parameters = null)
    {
        // The time limit of the connection would apply to reading all rows.
        using var reader = connection.ExecuteReader(sql, parameters, commandTimeout: 0);
        while (reader.Read()) yield return _columns.Read(reader);
    }

    private StartupException Foreign() => new(
        $"The table {_state.Table} of {_target.Engine.Place} holds rows that are not from {_file}. "
        + "Choose another Sql:DatabasePrefix, or drop the database.");
}
