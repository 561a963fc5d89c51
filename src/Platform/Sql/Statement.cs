using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BigTech.Platform.Sql;

/// <summary>
/// A statement that its connection keeps prepared, for hot paths: values are bound by place (1, 2, 3 … as in <c>?1</c>), without the
/// parameter objects and name look-ups of ADO.NET, which cost more than the statement itself.
/// </summary>
public sealed class Statement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;

    internal Statement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public Statement Bind(int place, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, place, value));
        return this;
    }

    public Statement Bind(int place, long? value) => value is { } given ? Bind(place, given) : BindNull(place);

    public Statement Bind(int place, byte[]? value) => value is null ? BindNull(place) : Bind(place, value.AsSpan());

    public Statement Bind(int place, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, place, value));
        return this;
    }

    public Statement Bind(int place, string? value)
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

    /// <summary>Runs a statement that returns no rows.</summary>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="SqliteException">As ADO.NET would throw it.</exception>
    public int Execute()
    {
        var result = raw.sqlite3_step(_statement);
        // The reset repeats the step's error and leaves the statement ready for its next use.
        raw.sqlite3_reset(_statement);
        if (result is not (raw.SQLITE_DONE or raw.SQLITE_ROW)) SqliteException.ThrowExceptionForRC(result, _connection);
        return raw.sqlite3_changes(_connection);
    }

    /// <summary>Runs a query and makes a <typeparamref name="T"/> of each row; columns are read with the getters below.</summary>
    /// <exception cref="SqliteException">As ADO.NET would throw it.</exception>
    public List<T> Query<T>(Func<Statement, T> read)
    {
        var rows = new List<T>();
        try
        {
            while (true)
            {
                var result = raw.sqlite3_step(_statement);
                if (result == raw.SQLITE_DONE) return rows;
                if (result != raw.SQLITE_ROW) SqliteException.ThrowExceptionForRC(result, _connection);
                rows.Add(read(this));
            }
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    public long? OptionalNumber(int column) => IsNull(column) ? null : Number(column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? OptionalText(int column) => IsNull(column) ? null : Text(column);

    /// <summary>A BLOB, or the UTF-8 of a TEXT.</summary>
    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public byte[]? OptionalBytes(int column) => IsNull(column) ? null : Bytes(column);

    public void Dispose() => _statement.Dispose();

    private bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    private Statement BindNull(int place)
    {
        Check(raw.sqlite3_bind_null(_statement, place));
        return this;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(result, _connection);
    }
}
