using System.Globalization;
using System.Numerics;
using System.Text;
using MySql.Data.MySqlClient;

namespace BigTech.Platform.Sql;

/// <summary>
/// The rows of a transaction for one <see cref="RowsSql"/>: collected, and sent many at a time, because what a row costs on the way to a
/// server is nearly all for the way. A statement is prepared for each power of two, so that any number of rows takes a few of them.
/// </summary>
internal sealed class MySqlRows : Statement
{
    private const int MostTogether = 128;

    private readonly WriteSession _session;
    private readonly RowsSql _sql;
    private readonly int _places;
    private readonly object?[] _row;
    private readonly MySqlDbType[] _types;
    private readonly List<object?> _waiting = [];
    private readonly Dictionary<int, string> _texts = [];
    private readonly string _alone;

    public MySqlRows(WriteSession session, RowsSql sql)
    {
        _session = session;
        _sql = sql;
        _places = PartsOf(sql.Row).Max(part => part.Place);
        _row = new object?[_places];
        _types = new MySqlDbType[_places];
        _alone = sql.Head + sql.Row + sql.Tail + sql.TailAlone;
    }

    public override Statement Bind(int place, long value) => Bind(place, value, MySqlDbType.Int64);

    public override Statement Bind(int place, long? value) => Bind(place, value, MySqlDbType.Int64);

    public override Statement Bind(int place, ReadOnlySpan<byte> value) => Bind(place, value.ToArray(), MySqlDbType.LongBlob);

    public override Statement Bind(int place, byte[]? value) => Bind(place, value, MySqlDbType.LongBlob);

    public override Statement Bind(int place, string? value) => Bind(place, value, MySqlDbType.VarString);

    public override int Execute()
    {
        if (_session.WritesRowsAlone) return Execute(_alone, _row);
        _waiting.AddRange(_row);
        return 1;
    }

    public override List<T> Query<T>(Func<Statement, T> read) => throw NoQuery();

    public override long Number(int column) => throw NoQuery();

    public override string Text(int column) => throw NoQuery();

    public override byte[] Bytes(int column) => throw NoQuery();

    internal override void Flush()
    {
        var values = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_waiting);
        while (values.Length > 0)
        {
            var count = Math.Min(MostTogether, 1 << BitOperations.Log2((uint)(values.Length / _places)));
            Execute(TextFor(count), values[..(count * _places)]);
            values = values[(count * _places)..];
        }
        _waiting.Clear();
    }

    internal override void Forget() => _waiting.Clear();

    protected override void Dispose(bool disposing)
    {
        // What it has prepared is the session's.
    }

    protected override bool IsNull(int column) => throw NoQuery();

    private MySqlRows Bind(int place, object? value, MySqlDbType type)
    {
        _row[place - 1] = value;
        _types[place - 1] = type;
        return this;
    }

    private int Execute(string sql, ReadOnlySpan<object?> values)
    {
        var statement = (MySqlStatement)_session.Prepared(sql);
        for (var i = 0; i < values.Length; i++) statement.Bind(i + 1, values[i], _types[i % _places]);
        return statement.Execute();
    }

    private string TextFor(int rows)
    {
        if (_texts.TryGetValue(rows, out var text)) return text;
        var made = new StringBuilder(_sql.Head);
        for (var row = 0; row < rows; row++)
        {
            if (row > 0) made.Append(_sql.Separator);
            foreach (var (place, after) in PartsOf(_sql.Row))
            {
                if (place > 0) made.Append(CultureInfo.InvariantCulture, $"?{row * _places + place}");
                made.Append(after);
            }
        }
        text = made.Append(_sql.Tail).ToString();
        _texts.Add(rows, text);
        return text;
    }

    /// <summary>A row as its places, each with the text that follows it; the text before the first has place 0.</summary>
    private static IEnumerable<(int Place, string Text)> PartsOf(string row)
    {
        var isFirst = true;
        foreach (var part in row.Split('?'))
        {
            var digits = isFirst ? 0 : part.TakeWhile(char.IsAsciiDigit).Count();
            yield return (isFirst ? 0 : int.Parse(part.AsSpan(0, digits), CultureInfo.InvariantCulture), part[digits..]);
            isFirst = false;
        }
    }

    private static NotSupportedException NoQuery() => new("Rows are written, not read.");
}
