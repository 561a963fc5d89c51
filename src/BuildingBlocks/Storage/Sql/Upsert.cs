namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>Statements that insert rows, or update those whose key exists.</summary>
public static class Upsert
{
    /// <summary>The last write wins.</summary>
    /// <param name="insert">The INSERT up to its values.</param>
    /// <param name="key">The columns of the key.</param>
    /// <param name="columns">The columns to update.</param>
    public static DialectSql Replace(string insert, string key, params string[] columns) => new(
        Sqlite: $"{insert} ON CONFLICT ({key}) DO UPDATE SET {Each(columns, column => $"{column} = excluded.{column}")}",
        MySql: $"{insert} ON DUPLICATE KEY UPDATE {Each(columns, column => $"{column} = VALUES({column})")}");

    /// <summary>
    /// The newest event wins, in whatever order events are handled and repeated. An event that is older than the row changes nothing.
    /// </summary>
    /// <param name="time">The column with the time of the event.</param>
    /// <param name="isNewer">How the event's time compares with the row's where it wins: <c>&gt;=</c>, or <c>&gt;</c> to ignore
    /// repetitions.</param>
    /// <inheritdoc cref="Replace"/>
    public static DialectSql KeepNewest(string insert, string key, string time, string isNewer, params string[] columns) => new(
        Sqlite: $"{Replace(insert, key, [.. columns, time]).Sqlite} WHERE excluded.{time} {isNewer} {time}",
        // The time comes last: the assignments before it compare with its old value.
        MySql: $"{insert} ON DUPLICATE KEY UPDATE {Each(columns, column => IfNewer(column, time, isNewer))}, "
            + $"{time} = GREATEST({time}, VALUES({time}))");

    private static string IfNewer(string column, string time, string isNewer) =>
        $"{column} = IF(VALUES({time}) {isNewer} {time}, VALUES({column}), {column})";

    private static string Each(IEnumerable<string> columns, Func<string, string> assignment) =>
        string.Join(", ", columns.Select(assignment));
}
