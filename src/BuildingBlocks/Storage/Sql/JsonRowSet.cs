using System.Text;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>
/// Rows of numbers, passed to a statement as one JSON text, an array of arrays: for any number of rows there is one statement to prepare,
/// one value to bind and one round trip. In the statement they are the table <c>given</c>, which is read first.
/// </summary>
public static class JsonRowSet
{
    /// <summary>A statement over given rows; <see cref="From(IEnumerable{long})"/> is bound at position 1.</summary>
    /// <param name="columns">The names of the numbers of a row.</param>
    /// <param name="sql">Builds the statement from "given rows joined to"; the table and its ON follow.</param>
    public static DialectSql Joined(IReadOnlyList<string> columns, Func<string, string> sql) => new(
        Sqlite: sql($"(SELECT {Columns(columns, "json_extract(value, '$[{1}]') AS {0}")} FROM json_each(?1)) AS given CROSS JOIN"),
        MySql: sql($"JSON_TABLE(?1, '$[*]' COLUMNS ({Columns(columns, "{0} BIGINT PATH '$[{1}]'")})) AS given STRAIGHT_JOIN"));

    /// <summary>Rows of one number each.</summary>
    public static string From(IEnumerable<long> numbers)
    {
        var json = new StringBuilder("[");
        foreach (var number in numbers) Begin(json).Append(number).Append(']');
        return json.Append(']').ToString();
    }

    /// <summary>Rows of two numbers each.</summary>
    public static string From(IEnumerable<(long First, long Second)> pairs)
    {
        var json = new StringBuilder("[");
        foreach (var (first, second) in pairs) Begin(json).Append(first).Append(',').Append(second).Append(']');
        return json.Append(']').ToString();
    }

    /// <summary>Rows of three numbers each.</summary>
    public static string From(IEnumerable<(long First, long Second, long Third)> rows)
    {
        var json = new StringBuilder("[");
        foreach (var (first, second, third) in rows)
        {
            Begin(json).Append(first).Append(',').Append(second).Append(',').Append(third).Append(']');
        }
        return json.Append(']').ToString();
    }

    private static StringBuilder Begin(StringBuilder json) => json.Append(json.Length == 1 ? "[" : ",[");

    private static string Columns(IReadOnlyList<string> columns, string form) =>
        string.Join(", ", columns.Select((column, i) => string.Format(CultureInfo.InvariantCulture, form, column, i)));
}
