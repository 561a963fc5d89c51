using System.Text;
using MySqlConnector;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>
/// The new rows of a transaction for one <see cref="BulkInsert"/>, sent many at a time, because nearly all the cost of a row is the round
/// trip. A statement is prepared for each number of rows that occurs.
/// </summary>
internal sealed class MySqlBulkInsert : MySqlBatchStatement
{
    // The server keeps a prepared statement for each number of rows.
    private const int MaxBatchSize = 64;

    private readonly BulkInsert _sql;
    private readonly int _places;
    private readonly object?[] _row;
    private readonly MySqlDbType[] _types;
    private readonly List<object?> _waiting = [];
    private readonly string?[] _texts = new string?[MaxBatchSize + 1];
    private readonly string _alone;

    public MySqlBulkInsert(UnitOfWork work, BulkInsert sql) : base(work)
    {
        _sql = sql;
        _places = PartsOf(sql.Row).Max(part => part.Place);
        _row = new object?[_places];
        _types = new MySqlDbType[_places];
        _alone = sql.Head + sql.Row + sql.TailAlone;
    }

    public override int Execute()
    {
        if (Session.Unbatched) return Execute(_alone, _row);
        _waiting.AddRange(_row);
        return 1;
    }

    internal override void Flush()
    {
        var values = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_waiting);
        while (values.Length > 0)
        {
            var count = CountRowsOfOneStatement(values);
            Execute(_texts[count] ??= TextFor(count), values[..(count * _places)]);
            values = values[(count * _places)..];
        }
        _waiting.Clear();
    }

    internal override void Forget() => _waiting.Clear();

    protected override Statement Bind(int place, object? value, MySqlDbType type)
    {
        _row[place - 1] = value;
        _types[place - 1] = type;
        return this;
    }

    /// <summary>As many rows as fit in one statement; always at least one, however large it is.</summary>
    private int CountRowsOfOneStatement(ReadOnlySpan<object?> values)
    {
        var bytes = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var row = i / _places;
            bytes += values[i] switch { string text => Encoding.UTF8.GetByteCount(text), byte[] data => data.Length, _ => sizeof(long) };
            if (row == MaxBatchSize || (row > 0 && bytes > UnitOfWork.MaxStatementBytes)) return row;
        }
        return values.Length / _places;
    }

    private int Execute(string sql, ReadOnlySpan<object?> values)
    {
        var statement = (MySqlStatement)Session.Prepared(sql);
        for (var i = 0; i < values.Length; i++) statement.Bind(i + 1, values[i], _types[i % _places]);
        return statement.Execute();
    }

    private string TextFor(int rows)
    {
        var text = new StringBuilder(_sql.Head);
        for (var row = 0; row < rows; row++)
        {
            if (row > 0) text.Append(", ");
            foreach (var (place, after) in PartsOf(_sql.Row))
            {
                if (place > 0) text.Append(CultureInfo.InvariantCulture, $"?{row * _places + place}");
                text.Append(after);
            }
        }
        return text.ToString();
    }

    /// <summary>A row as its positions, each with the text that follows it; the text before the first has position 0.</summary>
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
}
