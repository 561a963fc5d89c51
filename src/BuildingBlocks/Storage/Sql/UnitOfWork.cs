using System.Data.Common;
using System.Diagnostics;
using System.Text;
using Dapper;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>
/// The open transaction of a group commit, as one piece of work uses it: its writes, its events and its actions after the commit succeed or
/// fail together.
/// </summary>
public sealed class UnitOfWork : ReadSession
{
    /// <summary>Fits in the buffer of a socket: a driver may limit its wait for an answer, but not its wait to send.</summary>
    internal const int MaxStatementBytes = 64 * 1024;

    private static readonly DialectSql LastIdSql = new(Sqlite: "SELECT last_insert_rowid()", MySql: "SELECT LAST_INSERT_ID()");

    private readonly TimeProvider _time;
    private readonly StringBuilder _piggyback = new();
    private long _writes;
    private bool _isCommitting;
    private string? _operation;
    private long _operationStarted;
    private readonly TimeOrderedId _ids = new();
    private readonly Dictionary<Type, object> _batchState = [];
    private readonly CommitActions _actions = new();
    private readonly StatementBatcher _batcher;
    private string? _traceParent;

    /// <param name="participant">Takes part in every transaction; null if nothing does.</param>
    internal UnitOfWork(SqlEngine engine, DbConnection connection, TimeProvider time, ICommitParticipant? participant)
        : base(engine, connection)
    {
        _time = time;
        _batcher = new StatementBatcher(this);
        Participant = participant;
    }

    /// <summary>
    /// The number of this transaction on a shared store, across all processes; the number of a rolled back transaction is used again. It is
    /// 0 on a store without other writers: its data never changes behind the writer's back.
    /// </summary>
    public long WriterEpoch { get; private set; }

    /// <summary>
    /// The time of the transaction and of everything that it writes, in the store's precision. On a shared store it is read after the wait
    /// for the writer lock, so later transactions do not have earlier times.
    /// </summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>The part of another building block in this transaction.</summary>
    internal ICommitParticipant? Participant { get; }

    /// <summary>How many rows this and all earlier transactions have changed.</summary>
    internal long ChangedRows { get; private set; }

    /// <summary>Whether rows are sent singly, so that an error of one fails only its own work; see <see cref="BatchStatement"/>.</summary>
    internal bool Unbatched { get; set; }

    /// <summary>The W3C trace context of the current work: of its request, of the event that it handles, or its own.</summary>
    public string TraceParent => _traceParent ??= NewTrace();

    /// <inheritdoc cref="ReadSession.Query{T}(string, object?)"/>
    public new List<T> Query<T>(string sql, object? parameters = null) => base.Query<T>(sql, parameters).Now();

    /// <inheritdoc cref="ReadSession.Query{T}(string, object?)"/>
    public new List<T> Query<T>(DialectSql sql, object? parameters = null) => base.Query<T>(sql, parameters).Now();

    /// <inheritdoc cref="ReadSession.First{T}(string, object?)"/>
    public new T? First<T>(string sql, object? parameters = null) => base.First<T>(sql, parameters).Now();

    /// <inheritdoc cref="ReadSession.First{T}(string, object?)"/>
    public new T? First<T>(DialectSql sql, object? parameters = null) => base.First<T>(sql, parameters).Now();

    /// <summary>A UUID that sorts after all earlier ones of this store's writer.</summary>
    public string NewId() => _ids.Next(Now).ToString();

    public int Execute(string sql, object? parameters = null)
    {
        _writes++;
        var changed = Call((Connection, sql, parameters), static call => call.Connection.Execute(call.sql, call.parameters));
        ChangedRows += changed;
        return changed;
    }

    /// <inheritdoc cref="Execute(string, object?)"/>
    public int Execute(DialectSql sql, object? parameters = null) => Execute(Engine.Choose(sql), parameters);

    /// <summary>Runs a prepared statement that writes and counts its changes.</summary>
    public int Execute(Statement prepared)
    {
        var changed = prepared.Execute();
        _writes += changed;
        ChangedRows += changed;
        return changed;
    }

    /// <summary>The statement for one of many rows, to be bound and executed; it returns 1 for a pending row.</summary>
    public Statement Batch(BatchStatement sql) => _batcher.For(sql);

    /// <summary>Runs an INSERT of one row and returns its generated id.</summary>
    public long Insert(string sql, object parameters)
    {
        Execute(sql, parameters);
        return LastId();
    }

    /// <summary>The generated id of the last INSERT.</summary>
    public long LastId() => First<long>(LastIdSql);

    /// <summary>What follows belongs to the trace of the event that caused it, if that has one.</summary>
    public void ContinueTrace(string? traceParent) => _traceParent = traceParent ?? _traceParent;

    /// <summary>
    /// Runs on the writer's thread after the commit, in the order of the calls; must not block. An exception is logged and does not affect
    /// the other actions or the commit.
    /// </summary>
    public void AfterCommit(Action action) => _actions.AfterCommit(action);

    /// <summary>Runs after the commit when one of its actions threw: caches may be older than the store, and must be dropped.</summary>
    public void OnPublishFailed(Action action) => _actions.AfterFailedPublish(action);

    /// <summary>
    /// Runs when a transaction of a shared store fails and its connection ended before the commit was requested: other writers may have
    /// held the lock since. Its changes elsewhere may have been made without the lock.
    /// </summary>
    public void OnEpochLost(Action action) => _actions.EpochLost(action);

    /// <summary>Runs when the answer to a commit on a shared store is lost: it is unknown whether the writes are committed.</summary>
    public void OnCommitInDoubt(Action action) => _actions.InDoubt(action);

    /// <summary>
    /// State that all work of this transaction shares and that is dropped with it, such as counters that are ahead of the store. Change it
    /// only together with a row, or with <see cref="MarkDirty"/>: failed work that has not written is not rolled back.
    /// <paramref name="flush"/> writes it once, just before the commit; <paramref name="publish"/> runs after the commit, before every
    /// <see cref="AfterCommit"/>.
    /// </summary>
    public T BatchState<T>(Func<T> create, Action<T, UnitOfWork> flush, Action<T>? publish = null) where T : class
    {
        if (_batchState.TryGetValue(typeof(T), out var known)) return (T)known;
        var state = create();
        _batchState.Add(typeof(T), state);
        _actions.BeforeCommit(() => flush(state, this));
        if (publish is not null) _actions.Publication(() => publish(state));
        return state;
    }

    /// <summary>
    /// Marks <see cref="BatchState{T}"/> state as changed without a row: failed work is then rolled back as if it had written a row.
    /// </summary>
    public void MarkDirty() => _writes++;

    /// <summary>The position at which a piece of work starts.</summary>
    internal (long Writes, int Actions) Mark() => (_writes, _actions.Count);

    /// <summary>
    /// Drops the actions after the commit that failed work has added since a mark. False when it has written rows, which require a
    /// rollback.
    /// </summary>
    internal bool TryReturnTo((long Writes, int Actions) mark)
    {
        _actions.ReturnTo(mark.Actions);
        return _writes == mark.Writes;
    }

    /// <summary>Opens a transaction, on a new connection if the current one has ended.</summary>
    internal void Begin()
    {
        Reset();
        var started = Start("BEGIN");
        if (IsBroken) Reconnect();
        try
        {
            TakeEpoch();
        }
        catch (Exception) when (IsBroken && Engine.MayRetry(started))
        {
            // A server may have closed the connection since its last use; this transaction has not done anything yet.
            Reconnect();
            TakeEpoch();
        }
        DatabaseMetrics.Ran(Engine.SystemName, "BEGIN", started);
        Start("COMMIT");
    }

    internal void Commit()
    {
        _isCommitting = true;
        var started = Start("COMMIT");
        Engine.Commit(this, Participant?.NewPosition);
        DatabaseMetrics.Ran(Engine.SystemName, "COMMIT", started);
        _operation = null;
    }

    /// <summary>
    /// Measures that the store has failed, as the begin or the commit that the transaction has not reached. An error of another store is
    /// measured there.
    /// </summary>
    internal void MeasureFailure(Exception error)
    {
        if (_operation is { } operation && (IsBroken || Engine.IsOwn(error)))
        {
            DatabaseMetrics.Failed(Engine.SystemName, operation, Stopwatch.GetElapsedTime(_operationStarted), error);
        }
        _operation = null;
    }

    /// <summary>Defers a statement, on a shared store, to the COMMIT, so that both take one round trip.</summary>
    public void PiggybackOnCommit(string sql)
    {
        if (_piggyback.Length + sql.Length > MaxStatementBytes && _piggyback.Length > 0) Execute(TakePiggyback());
        _piggyback.Append(sql).AppendLine(";");
    }

    /// <summary>The statements to send with the COMMIT, each with its semicolon.</summary>
    internal string TakePiggyback()
    {
        var sql = _piggyback.ToString();
        _piggyback.Clear();
        return sql;
    }

    internal void Rollback()
    {
        _operation = null;
        Engine.Rollback(this);
    }

    /// <summary>Ends a transaction in which the store failed.</summary>
    /// <returns>The exceptions of the actions for this case.</returns>
    internal IReadOnlyList<Exception> Abandon()
    {
        IReadOnlyList<Exception> errors = [];
        var isEpochLost = Engine.IsShared && !_isCommitting && _actions.HasEpochLost && !HasEpoch();
        try
        {
            Engine.Abandon(this);
        }
        finally
        {
            if (isEpochLost) errors = _actions.RunEpochLost();
            else if (Engine.IsShared && _isCommitting) errors = _actions.RunInDoubt();
        }
        return errors;
    }

    internal void Flush()
    {
        _actions.RunBeforeCommit();
        _batcher.Flush();
    }

    /// <summary>Runs the actions after the commit.</summary>
    /// <returns>Their exceptions; the commit is not affected.</returns>
    internal IReadOnlyList<Exception> Publish()
    {
        Participant?.Committed();
        return _actions.RunAfterCommit();
    }

    /// <summary>The next work of the transaction starts, with its own trace.</summary>
    internal void StartWork(WriteCommand work) => _traceParent = work.TraceParent;

    internal override void Close()
    {
        _batcher.Clear();
        base.Close();
    }

    /// <summary>A W3C trace context for work that neither a request nor an event has caused, such as a timer.</summary>
    private static string NewTrace() => $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00";

    private void TakeEpoch()
    {
        BeginWrite();
        Now = _time.GetDbNow();
    }

    private void BeginWrite()
    {
        var state = Engine.BeginWrite(this);
        WriterEpoch = state?.Epoch ?? 0;
        Participant?.Begin(this, state?.Position);
    }

    private long Start(string operation)
    {
        _operation = operation;
        return _operationStarted = Stopwatch.GetTimestamp();
    }

    private bool HasEpoch()
    {
        try
        {
            Call(Connection, static connection => connection.Execute("SELECT 1"));
            return true;
        }
        catch (DbException)
        {
            return false;
        }
    }

    private void Reconnect() => Replace(Engine.OpenWriter);

    private void Reset()
    {
        _batchState.Clear();
        _actions.Clear();
        _batcher.Forget();
        _isCommitting = false;
        _piggyback.Clear();
    }
}
