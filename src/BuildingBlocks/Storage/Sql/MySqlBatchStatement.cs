using MySqlConnector;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>Pending rows of a transaction for a server: bound and executed one by one, and sent when it commits.</summary>
internal abstract class MySqlBatchStatement(UnitOfWork work) : Statement
{
    protected UnitOfWork Session { get; } = work;

    public override Statement Bind(int place, long value) => Bind(place, value, MySqlDbType.Int64);

    public override Statement Bind(int place, long? value) => Bind(place, value, MySqlDbType.Int64);

    public override Statement Bind(int place, ReadOnlySpan<byte> value) => Bind(place, value.ToArray(), MySqlDbType.LongBlob);

    public override Statement Bind(int place, byte[]? value) => Bind(place, value, MySqlDbType.LongBlob);

    public override Statement Bind(int place, string? value) => Bind(place, value, MySqlDbType.VarString);

    public override ValueTask<List<T>> Query<T>(Func<Statement, T> read) => throw NoQuery();

    public override long Number(int column) => throw NoQuery();

    public override string Text(int column) => throw NoQuery();

    public override byte[] Bytes(int column) => throw NoQuery();

    protected abstract Statement Bind(int place, object? value, MySqlDbType type);

    protected override void Dispose(bool disposing)
    {
        // The session owns the prepared statements.
    }

    protected override bool IsNull(int column) => throw NoQuery();

    private static NotSupportedException NoQuery() => new("Rows are written, not read.");
}
