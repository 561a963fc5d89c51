using System.Data;
using System.Data.Common;
using Dapper;

namespace BigTech.Platform.Sql;

/// <summary>
/// One connection in use by one caller. Queries go through Dapper; the statements of hot paths are prepared once per connection.
/// Not safe for use by two threads at once.
/// </summary>
public class SqlSession : IDisposable
{
    private readonly Dictionary<string, Statement> _prepared = new(ReferenceEqualityComparer.Instance as IEqualityComparer<string>);

    internal SqlSession(SqlEngine engine, DbConnection connection)
    {
        Engine = engine;
        Connection = connection;
    }

    internal SqlEngine Engine { get; }

    internal DbConnection Connection { get; private protected set; }

    /// <summary>Whether the connection has ended under the session's hands.</summary>
    internal bool IsBroken => Connection.State != ConnectionState.Open;

    public List<T> Query<T>(string sql, object? parameters = null) => Connection.Query<T>(sql, parameters).AsList();

    /// <inheritdoc cref="Query{T}(string, object?)"/>
    public List<T> Query<T>(EngineSql sql, object? parameters = null) => Query<T>(Engine.Choose(sql), parameters);

    public T? First<T>(string sql, object? parameters = null) => Connection.QueryFirstOrDefault<T>(sql, parameters);

    /// <inheritdoc cref="First{T}(string, object?)"/>
    public T? First<T>(EngineSql sql, object? parameters = null) => First<T>(Engine.Choose(sql), parameters);

    /// <summary>A statement that this connection keeps prepared; <paramref name="sql"/> must be a constant.</summary>
    public Statement Prepared(string sql)
    {
        if (_prepared.TryGetValue(sql, out var statement)) return statement;
        statement = Engine.Prepare(Connection, sql);
        _prepared.Add(sql, statement);
        return statement;
    }

    /// <inheritdoc cref="Prepared(string)"/>
    public Statement Prepared(EngineSql sql) => Prepared(Engine.Choose(sql));

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the connection and forgets what it had prepared.</summary>
    private protected virtual void Close()
    {
        foreach (var statement in _prepared.Values) statement.Dispose();
        _prepared.Clear();
        Connection.Dispose();
    }
}
