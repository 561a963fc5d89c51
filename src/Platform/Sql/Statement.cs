namespace BigTech.Platform.Sql;

/// <summary>
/// A statement that its connection keeps prepared, for hot paths: values are bound by place (1, 2, 3 … as in <c>?1</c>), without the
/// parameter objects and name look-ups of ADO.NET, which cost more than the statement itself.
/// </summary>
public abstract class Statement : IDisposable
{
    public abstract Statement Bind(int place, long value);

    public abstract Statement Bind(int place, ReadOnlySpan<byte> value);

    public abstract Statement Bind(int place, string? value);

    public abstract Statement Bind(int place, long? value);

    public abstract Statement Bind(int place, byte[]? value);

    /// <summary>Runs a statement that returns no rows.</summary>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="System.Data.Common.DbException">As ADO.NET would throw it.</exception>
    public abstract int Execute();

    /// <summary>Runs a query and makes a <typeparamref name="T"/> of each row; columns are read with the getters below.</summary>
    /// <exception cref="System.Data.Common.DbException">As ADO.NET would throw it.</exception>
    public abstract ValueTask<List<T>> Query<T>(Func<Statement, T> read);

    public abstract long Number(int column);

    public abstract string Text(int column);

    /// <summary>A BLOB, or the UTF-8 of a text.</summary>
    public abstract byte[] Bytes(int column);

    public long? OptionalNumber(int column) => IsNull(column) ? null : Number(column);

    public string? OptionalText(int column) => IsNull(column) ? null : Text(column);

    public byte[]? OptionalBytes(int column) => IsNull(column) ? null : Bytes(column);

    /// <summary>Sends the rows that wait; see <see cref="BatchStatement"/>.</summary>
    internal virtual void Flush()
    {
        // What runs at once leaves nothing to send.
    }

    /// <summary>Drops the rows that wait.</summary>
    internal virtual void Forget()
    {
        // What runs at once is taken back by the transaction.
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    protected abstract bool IsNull(int column);
}
