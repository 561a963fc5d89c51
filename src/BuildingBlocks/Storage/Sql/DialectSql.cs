namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>A statement that differs between the engines; the session chooses. Portable statements are plain strings.</summary>
public readonly record struct DialectSql(string Sqlite, string MySql);

/// <summary>
/// A statement that a transaction runs for many rows. SQLite, which has no round trips, runs it at once. For a server the rows of a
/// transaction are collected and sent just before the commit, many in one statement. Queries of the same transaction do not see pending
/// rows.
/// </summary>
/// <param name="Sqlite">For one row, with values bound by position.</param>
public abstract record BatchStatement(string Sqlite);

/// <summary>New rows.</summary>
/// <param name="Sqlite">For one row, with values bound by position.</param>
/// <param name="Head">The statement before the rows on MySQL.</param>
/// <param name="Row">One row, with positions as if it were the only one.</param>
/// <param name="TailAlone">Follows a row that is sent alone after an error of its batch: how to handle a duplicate key.</param>
public sealed record BulkInsert(string Sqlite, string Head, string Row, string TailAlone = "") : BatchStatement(Sqlite);

/// <summary>Changed rows, each described by numbers only.</summary>
/// <param name="Sqlite">For one row, with values bound by position.</param>
/// <param name="MySql">For all rows, as <see cref="JsonRowSet"/>.</param>
public sealed record BulkUpdate(string Sqlite, string MySql) : BatchStatement(Sqlite);
