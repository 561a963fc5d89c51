using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Dapper;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>
/// One connection in use by one caller. Queries go through Dapper; the statements of hot paths are prepared once per connection. Not
/// thread-safe. Queries on a server are asynchronous, except those of the writer, which has its own thread (<see cref="UnitOfWork"/>);
/// those of an embedded store have completed when the call returns.
/// </summary>
public class ReadSession : IDisposable
{
    private readonly Dictionary<string, Statement> _prepared = new(ReferenceEqualityComparer.Instance as IEqualityComparer<string>);
    private bool _isOutOfSync;
    private long _lastAnswer;

    internal ReadSession(SqlEngine engine, DbConnection connection, bool isAsync = false)
    {
        Engine = engine;
        Connection = connection;
        IsAsync = isAsync;
    }

    internal SqlEngine Engine { get; }

    internal DbConnection Connection { get; private set; }

    /// <summary>Whether calls of the driver may complete asynchronously.</summary>
    internal bool IsAsync { get; }

    /// <summary>
    /// Whether the connection has ended, or may still hold an unread answer: the next query would get that answer. Such a connection is
    /// closed. It is not committed on, and not kept.
    /// </summary>
    internal bool IsBroken => _isOutOfSync || Connection.State != ConnectionState.Open;

    /// <summary>When the driver last returned an answer, by <see cref="Stopwatch"/>.</summary>
    internal long LastAnswer => Volatile.Read(ref _lastAnswer);

    public ValueTask<List<T>> Query<T>(string sql, object? parameters = null) => Call(
        (Connection, sql, parameters),
        static call => call.Connection.Query<T>(call.sql, call.parameters).AsList(),
        static async call => (await call.Connection.QueryAsync<T>(call.sql, call.parameters)).AsList());

    /// <inheritdoc cref="Query{T}(string, object?)"/>
    public ValueTask<List<T>> Query<T>(DialectSql sql, object? parameters = null) => Query<T>(Engine.Choose(sql), parameters);

    public ValueTask<T?> First<T>(string sql, object? parameters = null) => Call(
        (Connection, sql, parameters),
        static call => call.Connection.QueryFirstOrDefault<T>(call.sql, call.parameters),
        static call => call.Connection.QueryFirstOrDefaultAsync<T>(call.sql, call.parameters));

    /// <inheritdoc cref="First{T}(string, object?)"/>
    public ValueTask<T?> First<T>(DialectSql sql, object? parameters = null) => First<T>(Engine.Choose(sql), parameters);

    /// <summary>A statement that this connection keeps prepared; <paramref name="sql"/> must be a constant.</summary>
    public Statement Prepared(string sql)
    {
        if (_prepared.TryGetValue(sql, out var statement)) return statement;
        statement = Engine.Prepare(this, sql);
        _prepared.Add(sql, statement);
        return statement;
    }

    /// <inheritdoc cref="Prepared(string)"/>
    public Statement Prepared(DialectSql sql) => Prepared(Engine.Choose(sql));

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Calls the driver. A statement error leaves the connection usable. After any other error it is broken, and the exception is a
    /// <see cref="DbException"/>: an answer that the driver misreads is the fault of the connection, not of the program.
    /// </summary>
    internal TResult Call<TArgument, TResult>(TArgument argument, Func<TArgument, TResult> call)
    {
        if (IsBroken) throw new ConnectionFailedException("The connection has ended.");
        try
        {
            var answer = call(argument);
            Volatile.Write(ref _lastAnswer, Stopwatch.GetTimestamp());
            return answer;
        }
        catch (Exception error) when (IsNoDatabaseError(error))
        {
            throw new ConnectionFailedException(error.Message, error);
        }
    }

    /// <summary>The same for a call that is asynchronous if the session is.</summary>
    internal ValueTask<TResult> Call<TArgument, TResult>(
        TArgument argument, Func<TArgument, TResult> call, Func<TArgument, Task<TResult>> callAsync) =>
        IsAsync ? CallAsync(argument, callAsync) : ValueTask.FromResult(Call(argument, call));

    private async ValueTask<TResult> CallAsync<TArgument, TResult>(TArgument argument, Func<TArgument, Task<TResult>> call)
    {
        if (IsBroken) throw new ConnectionFailedException("The connection has ended.");
        try
        {
            var answer = await call(argument);
            Volatile.Write(ref _lastAnswer, Stopwatch.GetTimestamp());
            return answer;
        }
        catch (Exception error) when (IsNoDatabaseError(error))
        {
            throw new ConnectionFailedException(error.Message, error);
        }
    }

    /// <summary>Records whether the connection is out of sync; returns whether the error becomes a <see cref="DbException"/>.</summary>
    private bool IsNoDatabaseError(Exception error)
    {
        if (Engine.IsConnectionUsableAfter(error)) return false;
        _isOutOfSync = true;
        return error is not DbException;
    }

    /// <summary>Closes the connection and discards its prepared statements.</summary>
    internal virtual void Close()
    {
        foreach (var statement in _prepared.Values) statement.Dispose();
        _prepared.Clear();
        try
        {
            Connection.Dispose();
        }
        catch (Exception error) when (!Engine.IsConnectionUsableAfter(error))
        {
            // The driver sends a quit command to a server that may be unavailable.
            _isOutOfSync = true;
        }
    }

    /// <summary>Continues on another connection.</summary>
    private protected void Replace(Func<DbConnection> open)
    {
        Close();
        Connection = open();
        _isOutOfSync = false;
    }
}
