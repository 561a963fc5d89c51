using System.Data;
using System.Data.Common;
using System.Text;
using BigTech.BuildingBlocks.Storage.Sql;
using Dapper;

namespace BigTech.DataMigration;

/// <summary>The columns of a table in both engines, and their values.</summary>
internal sealed class TableColumns
{
    // Only shared stores have writer epochs; a migrated row gets the epoch of the transaction that copies it.
    private const string Turn = "turn";

    private readonly string _table;
    private readonly List<Column> _columns;
    private readonly bool _hasTurn;

    private TableColumns(string table, List<Column> columns, bool hasTurn)
    {
        _table = table;
        _columns = columns;
        _hasTurn = hasTurn;
        Written = [.. columns.Select(column => column.Name), .. hasTurn ? [Turn] : Array.Empty<string>()];
        var key = columns.Where(column => column.Key > 0).OrderBy(column => column.Key).Select(column => column.Name).ToList();
        SelectSource =
            $"SELECT {Quoted(columns.Select(c => c.Name), '"')} FROM \"{table}\" ORDER BY {Quoted(key, '"')} LIMIT -1 OFFSET @skipped";
        SelectTarget = $"SELECT {Quoted(columns.Select(c => c.Name), '`')} FROM `{table}` ORDER BY {Quoted(key, '`')}";
    }

    private enum Kind
    {
        Number,
        Text,
        Bytes,
    }

    /// <param name="Key">Its position in the primary key; 0 when it is not part of it.</param>
    /// <param name="Kind">The kind of its values on the server.</param>
    private sealed record Column(string Name, long Key, Kind Kind);

    private sealed class TargetColumn
    {
        public string Name { get; init; } = "";

        public string Type { get; init; } = "";

        public bool IsGenerated { get; init; }
    }

    /// <summary>The columns of an INSERT on the server, in the order of <see cref="Bind"/>.</summary>
    public IReadOnlyList<string> Written { get; }

    /// <summary>Selects the rows of the file after the first <c>@skipped</c>, in key order.</summary>
    public string SelectSource { get; }

    /// <summary>Selects the rows of the server in the same order: both engines compare texts as bytes.</summary>
    public string SelectTarget { get; }

    /// <exception cref="StartupException">A column exists on one side only: columns are neither dropped nor invented.</exception>
    public static TableColumns Match(string table, DbConnection source, DbConnection target)
    {
        var columns = source.Query<(string Name, long Key)>("SELECT name, pk FROM pragma_table_info(@table)", new { table }).AsList();
        var targetKinds = target.Query<TargetColumn>(
            """
            SELECT column_name AS Name, data_type AS Type, COALESCE(generation_expression, '') <> '' AS IsGenerated
            FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = @table
            """,
            new { table }).Where(column => !column.IsGenerated).ToDictionary(column => column.Name, column => KindOf(column.Type));
        var names = columns.ConvertAll(column => column.Name);
        var hasTurn = targetKinds.ContainsKey(Turn) && !names.Contains(Turn);
        if (hasTurn) targetKinds.Remove(Turn);
        var different = names.Union(targetKinds.Keys).Except(names.Intersect(targetKinds.Keys)).ToList();
        if (different.Count > 0)
        {
            throw new StartupException($"The columns of {table} differ between source and target: {string.Join(", ", different)}.");
        }
        return new TableColumns(
            table, columns.ConvertAll(column => new Column(column.Name, column.Key, targetKinds[column.Name])), hasTurn);
    }

    /// <summary>The values of a row of either engine, in a common form.</summary>
    public object?[] Read(IDataReader row)
    {
        var values = new object?[_columns.Count];
        for (var i = 0; i < values.Length; i++) values[i] = ValueOf(row.GetValue(i), _columns[i]);
        return values;
    }

    public void Bind(Statement insert, object?[] row, long epoch)
    {
        for (var i = 0; i < row.Length; i++)
        {
            // The type is bound even for null: it also applies to the rows that follow.
            _ = _columns[i].Kind switch
            {
                Kind.Number => insert.Bind(i + 1, (long?)row[i]),
                Kind.Text => insert.Bind(i + 1, (string?)row[i]),
                _ => insert.Bind(i + 1, (byte[]?)row[i]),
            };
        }
        if (_hasTurn) insert.Bind(row.Length + 1, epoch);
    }

    public bool AreSame(object?[] a, object?[] b) => Enumerable.Range(0, _columns.Count).All(i => AreSame(a[i], b[i]));

    /// <summary>Whether a row only holds zeros, as the schema inserts it for the one row that replaces it.</summary>
    public bool IsBlank(object?[] row, object?[] successor) =>
        Enumerable.Range(0, _columns.Count).All(i => _columns[i].Key > 0 ? AreSame(row[i], successor[i]) : row[i] is 0L);

    private object? ValueOf(object value, Column column) => (value, column.Kind) switch
    {
        (DBNull, _) => null,
        (long, Kind.Number) or (string, Kind.Text) or (byte[], Kind.Bytes) => value,
        (string text, Kind.Bytes) => Encoding.UTF8.GetBytes(text),
        _ => throw new StartupException(
            $"The column {column.Name} of {_table} holds a {value.GetType().Name}, which the target cannot hold."),
    };

    private static Kind KindOf(string type) => type switch
    {
        "bigint" => Kind.Number,
        _ when type.EndsWith("blob", StringComparison.Ordinal) || type.EndsWith("binary", StringComparison.Ordinal) => Kind.Bytes,
        _ => Kind.Text,
    };

    private static bool AreSame(object? a, object? b) => (a, b) is (byte[] x, byte[] y) ? x.AsSpan().SequenceEqual(y) : Equals(a, b);

    private static string Quoted(IEnumerable<string> names, char quote) => string.Join(", ", names.Select(name => $"{quote}{name}{quote}"));
}
