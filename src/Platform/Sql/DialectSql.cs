namespace BigTech.Platform.Sql;

/// <summary>A statement of which the engines have forms of their own; the session chooses. What all of them understand stays one text.</summary>
public readonly record struct DialectSql(string Sqlite, string MySql);

/// <summary>
/// A statement that a transaction runs once for each of many rows. SQLite, to which nothing is on the way, runs it at once; for a server
/// the rows of a transaction are collected and go out just before the commit, many in one statement. Queries of the same transaction do
/// not see rows that wait.
/// </summary>
/// <param name="Sqlite">For one row, its values bound by place.</param>
public abstract record BatchStatement(string Sqlite);

/// <summary>Rows that are new.</summary>
/// <param name="Sqlite">For one row, its values bound by place.</param>
/// <param name="Head">What stands before the rows on MySQL.</param>
/// <param name="Row">One row, its values by place as if it were the only one.</param>
/// <param name="TailAlone">What follows a row that goes out alone, because one of the collected ones was refused: what a taken key means.</param>
public sealed record BulkInsert(string Sqlite, string Head, string Row, string TailAlone = "") : BatchStatement(Sqlite);

/// <summary>Rows that change, each told by numbers alone.</summary>
/// <param name="Sqlite">For one row, its values bound by place.</param>
/// <param name="MySql">For all rows, as <see cref="JsonRowSet"/>.</param>
public sealed record BulkUpdate(string Sqlite, string MySql) : BatchStatement(Sqlite);
