using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BigTech.Platform.Sql;

/// <summary>
/// One connection in use by one caller. Queries go through Dapper; the statements of hot paths are prepared once per connection.
/// Not safe for use by two threads at once.
/// </summary>
public class SqlSession(DbConnection connection) : IDisposable
{
    private readonly Dictionary<string, Statement> _prepared = new(ReferenceEqualityComparer.Instance as IEqualityComparer<string>);

    public DbConnection Connection { get; } = connection;

    public List<T> Query<T>(string sql, object? parameters = null) => Connection.Query<T>(sql, parameters).AsList();

    public T? First<T>(string sql, object? parameters = null) => Connection.QueryFirstOrDefault<T>(sql, parameters);

    /// <summary>A statement that this connection keeps prepared; <paramref name="sql"/> must be a constant.</summary>
    public Statement Prepared(string sql)
    {
        if (_prepared.TryGetValue(sql, out var statement)) return statement;
        statement = new Statement((SqliteConnection)Connection, sql);
        _prepared.Add(sql, statement);
        return statement;
    }

    public void Dispose()
    {
        foreach (var statement in _prepared.Values) statement.Dispose();
        Connection.Dispose();
        GC.SuppressFinalize(this);
    }
}
