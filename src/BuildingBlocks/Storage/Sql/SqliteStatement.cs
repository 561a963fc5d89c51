using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>A prepared statement of SQLite's native interface.</summary>
internal sealed class SqliteStatement : Statement
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public override Statement Bind(int place, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, place, value));
        return this;
    }

    public override Statement Bind(int place, long? value) => value is { } given ? Bind(place, given) : BindNull(place);

    public override Statement Bind(int place, byte[]? value) => value is null ? BindNull(place) : Bind(place, value.AsSpan());

    public override Statement Bind(int place, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, place, value));
        return this;
    }

    public override Statement Bind(int place, string? value)
    {
        const int onStack = 512;
        if (value is null) return BindNull(place);
        var largest = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = largest > onStack ? ArrayPool<byte>.Shared.Rent(largest) : null;
        Span<byte> buffer = rented ?? stackalloc byte[onStack];
        var length = Encoding.UTF8.GetBytes(value, buffer);
        Check(raw.sqlite3_bind_text(_statement, place, buffer[..length]));
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    public override int Execute()
    {
        var result = raw.sqlite3_step(_statement);
        // The reset returns the step's error again and prepares the statement for its next use.
        raw.sqlite3_reset(_statement);
        if (result is not (raw.SQLITE_DONE or raw.SQLITE_ROW)) SqliteException.ThrowExceptionForRC(result, _connection);
        return raw.sqlite3_changes(_connection);
    }

    public override ValueTask<List<T>> Query<T>(Func<Statement, T> read)
    {
        var rows = new List<T>();
        try
        {
            while (true)
            {
                var result = raw.sqlite3_step(_statement);
                if (result == raw.SQLITE_DONE) return ValueTask.FromResult(rows);
                if (result != raw.SQLITE_ROW) SqliteException.ThrowExceptionForRC(result, _connection);
                rows.Add(read(this));
            }
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public override long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    public override string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public override byte[] Bytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _statement.Dispose();
    }

    protected override bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    private SqliteStatement BindNull(int place)
    {
        Check(raw.sqlite3_bind_null(_statement, place));
        return this;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(result, _connection);
    }
}
