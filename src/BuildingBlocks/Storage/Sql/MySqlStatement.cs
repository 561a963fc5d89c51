using System.Text;
using MySqlConnector;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>A statement that the server has prepared.</summary>
internal sealed class MySqlStatement(ReadSession owner, string sql) : Statement
{
#pragma warning disable CA2100 // Constants, and rows of positions made from constants.
    private readonly MySqlCommand _command = new(sql, (MySqlConnection)owner.Connection);
#pragma warning restore CA2100
    private bool _isPrepared;
    private MySqlDataReader? _row;

    public override Statement Bind(int place, long value) => Bind(place, value, MySqlDbType.Int64);

    public override Statement Bind(int place, long? value) => Bind(place, value, MySqlDbType.Int64);

    public override Statement Bind(int place, ReadOnlySpan<byte> value) => Bind(place, value.ToArray(), MySqlDbType.LongBlob);

    public override Statement Bind(int place, byte[]? value) => Bind(place, value, MySqlDbType.LongBlob);

    public override Statement Bind(int place, string? value) => Bind(place, value, MySqlDbType.VarString);

    /// <summary>Binds a value or null. The type is sent to the server once, so it must be right even if the first value is null.</summary>
    public Statement Bind(int place, object? value, MySqlDbType type)
    {
        var parameters = _command.Parameters;
        while (parameters.Count < place) parameters.Add(new MySqlParameter($"?{parameters.Count + 1}", MySqlDbType.VarString));
        var parameter = parameters[place - 1];
        if (parameter.MySqlDbType != type) parameter.MySqlDbType = type;
        parameter.Value = value ?? DBNull.Value;
        return this;
    }

    public override int Execute() => owner.Call(this, static statement =>
    {
        if (!statement._isPrepared) statement._command.Prepare();
        statement._isPrepared = true;
        return statement._command.ExecuteNonQuery();
    });

    public override async ValueTask<List<T>> Query<T>(Func<Statement, T> read)
    {
        var rows = new List<T>();
        if (!_isPrepared) await owner.Call(_command, Prepare, PrepareAsync);
        _isPrepared = true;
        _row = await owner.Call(_command, static command => command.ExecuteReader(), static command => command.ExecuteReaderAsync());
        try
        {
            while (await owner.Call(_row, static row => row.Read(), static row => row.ReadAsync())) rows.Add(read(this));
            return rows;
        }
        finally
        {
            await End(_row);
        }
    }

    public override long Number(int column) => Get(column, static (row, column) => row.GetInt64(column));

    public override string Text(int column) => Get(column, static (row, column) => row.GetString(column));

    public override byte[] Bytes(int column) =>
        Get(column, static (row, column) => row.GetValue(column) is byte[] bytes ? bytes : Encoding.UTF8.GetBytes(row.GetString(column)));

    protected override void Dispose(bool disposing)
    {
        // The server frees it with its connection. The driver would write to a connection that may have ended.
    }

    protected override bool IsNull(int column) => Get(column, static (row, column) => row.IsDBNull(column));

    private static bool Prepare(MySqlCommand command)
    {
        command.Prepare();
        return true;
    }

    private static async Task<bool> PrepareAsync(MySqlCommand command)
    {
        await command.PrepareAsync();
        return true;
    }

    private T Get<T>(int column, Func<MySqlDataReader, int, T> get) =>
        owner.Call((_row: _row!, column, get), static call => call.get(call._row, call.column));

    /// <summary>Reads the rest of an answer. A broken connection is closed instead.</summary>
    private async ValueTask End(MySqlDataReader reader)
    {
        if (owner.IsBroken) return;
        await owner.Call(
            reader,
            static reader =>
            {
                reader.Dispose();
                return true;
            },
            static async reader =>
            {
                await reader.DisposeAsync();
                return true;
            });
    }
}
