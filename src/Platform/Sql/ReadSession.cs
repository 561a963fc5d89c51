using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Dapper;

namespace BigTech.Platform.Sql;

/// <summary>
/// One connection in use by one caller. Queries go through Dapper; the statements of hot paths are prepared once per connection.
/// Not safe for use by two threads at once. Queries over a server's connection are asynchronous, but for those of the writer, which has a thread of
/// its own (<see cref="UnitOfWork"/>); those of an embedded store have ended when the call returns.
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

    /// <summary>Whether calls of the driver may end later than they return.</summary>
    internal bool IsAsync { get; }

    /// <summary>
    /// Whether the connection has ended, or may still hold an answer that no one has read: the next question would get that answer. Such a
    /// connection is closed. It is not committed on, and not kept.
    /// </summary>
    internal bool IsBroken => _isOutOfSync || Connection.State != ConnectionState.Open;

    /// <summary>When the driver has last brought an answer, by <see cref="Stopwatch"/>.</summary>
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
    /// Calls the driver. A refused statement leaves the connection as it was. After anything else it is broken, and what the driver throws is a
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

    /// <summary>The same for a call that is asynchronous where the session is.</summary>
    internal ValueTask<TResult> Call<TArgument, TResult>(TArgument argument, Func<TArgument, TResult> call, Func<TArgument, Task<TResult>> callAsync) =>
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

    /// <summary>Notes whether an error leaves the connection out of step, and says whether it must be told as a <see cref="DbException"/>.</summary>
    private bool IsNoDatabaseError(Exception error)
    {
        if (Engine.IsConnectionUsableAfter(error)) return false;
        _isOutOfSync = true;
        return error is not DbException;
    }

    /// <summary>Ends the connection and forgets what it had prepared.</summary>
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
            // The driver takes leave of a server that may have gone.
            _isOutOfSync = true;
        }
    }

    /// <summary>Goes on over another connection.</summary>
    private protected void Replace(Func<DbConnection> open)
    {
        Close();
        Connection = open();
        _isOutOfSync = false;
    }
}
