namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>
/// A statement that its connection keeps prepared, for hot paths: values are bound by position (1, 2, 3 … as in <c>?1</c>), without the
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
    /// <returns>The number of changed rows.</returns>
    /// <exception cref="System.Data.Common.DbException">The same as with ADO.NET.</exception>
    public abstract int Execute();

    /// <summary>Runs a query and creates a <typeparamref name="T"/> from each row; columns are read with the getters below.</summary>
    /// <exception cref="System.Data.Common.DbException">The same as with ADO.NET.</exception>
    public abstract ValueTask<List<T>> Query<T>(Func<Statement, T> read);

    public abstract long Number(int column);

    public abstract string Text(int column);

    /// <summary>A BLOB, or the UTF-8 bytes of a text.</summary>
    public abstract byte[] Bytes(int column);

    public long? OptionalNumber(int column) => IsNull(column) ? null : Number(column);

    public string? OptionalText(int column) => IsNull(column) ? null : Text(column);

    public byte[]? OptionalBytes(int column) => IsNull(column) ? null : Bytes(column);

    /// <summary>Sends the pending rows; see <see cref="BatchStatement"/>.</summary>
    internal virtual void Flush()
    {
        // Statements that run at once have no pending rows.
    }

    /// <summary>Discards the pending rows.</summary>
    internal virtual void Forget()
    {
        // The rollback undoes statements that ran at once.
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    protected abstract bool IsNull(int column);
}
