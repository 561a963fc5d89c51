using System.Data.Common;
using System.Diagnostics;
using System.Text;
using BigTech.Contracts;
using Dapper;

namespace BigTech.Platform.Sql;

/// <summary>
/// The open transaction of a group commit, as one piece of work sees it: what it writes, the events it appends and what is to
/// happen after the commit stand or fall together with it.
/// </summary>
public sealed class UnitOfWork : ReadSession
{
    private const string IntoOutbox = "INSERT INTO outbox (topic, position, event_key, event_id, type, time, traceparent, data) VALUES ";
    private const string OutboxRow = "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

    private static readonly BulkInsert AppendSql = new($"{IntoOutbox}{OutboxRow}", IntoOutbox, OutboxRow);

    private static readonly DialectSql LastIdSql = new(Sqlite: "SELECT last_insert_rowid()", MySql: "SELECT LAST_INSERT_ID()");

    private readonly TimeProvider _time;
    private readonly StringBuilder _piggyback = new();
    private long _writes;
    private bool _isCommitting;
    private readonly TimeOrderedId _ids = new();
    private readonly Dictionary<Type, object> _batchState = [];
    private readonly HashSet<string> _appendedTo = [];
    private readonly List<Action> _beforeCommit = [];
    private readonly List<Action> _publications = [];
    private readonly List<Action> _losses = [];
    private readonly List<Action> _doubts = [];
    private readonly List<Action> _afterCommit = [];
    private readonly List<Action> _afterFailure = [];
    private readonly Dictionary<BatchStatement, Statement> _rows = new(ReferenceEqualityComparer.Instance as IEqualityComparer<BatchStatement>);

    // Positions come from here and not from the engine: the one writer knows the last one. On a store of its own a number that a rolled
    // back transaction took is simply left out; on a shared one the writers hand the last number on.
    private long? _position;

    internal UnitOfWork(SqlEngine engine, DbConnection connection, TimeProvider time) : base(engine, connection) => _time = time;

    /// <summary>
    /// Which of a shared store's transactions this is, by whichever process; a number that was rolled back comes again. On a store that
    /// nobody else writes to it stays 0: nothing ever happens behind the writer's back.
    /// </summary>
    public long WriterEpoch { get; private set; }

    /// <summary>
    /// The transaction's instant, cut to what a store keeps: whatever it writes happens then. On a shared store it is taken when the writer's turn
    /// has come, so later transactions do not have earlier times by having waited.
    /// </summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>The position of the newest event that is committed.</summary>
    public long CommittedPosition { get; private set; }

    /// <summary>The position that the next event gets.</summary>
    public long NextPosition => _position!.Value + 1;

    internal bool HasEvents => _appendedTo.Count > 0;

    /// <summary>The topics to which this transaction has appended.</summary>
    internal IReadOnlySet<string> AppendedTo => _appendedTo;

    /// <summary>Whether rows go out one by one, so that one that is refused fails its own work and no other; see <see cref="BatchStatement"/>.</summary>
    internal bool Unbatched { get; set; }

    internal string? TraceParent { get; set; }

    /// <inheritdoc cref="ReadSession.Query{T}(string, object?)"/>
    public new List<T> Query<T>(string sql, object? parameters = null) => base.Query<T>(sql, parameters).Now();

    /// <inheritdoc cref="ReadSession.Query{T}(string, object?)"/>
    public new List<T> Query<T>(DialectSql sql, object? parameters = null) => base.Query<T>(sql, parameters).Now();

    /// <inheritdoc cref="ReadSession.First{T}(string, object?)"/>
    public new T? First<T>(string sql, object? parameters = null) => base.First<T>(sql, parameters).Now();

    /// <inheritdoc cref="ReadSession.First{T}(string, object?)"/>
    public new T? First<T>(DialectSql sql, object? parameters = null) => base.First<T>(sql, parameters).Now();

    /// <summary>A UUID that sorts behind all that this store's writer has given before.</summary>
    public string NewId() => _ids.Next(Now).ToString();

    public int Execute(string sql, object? parameters = null)
    {
        _writes++;
        return Call((Connection, sql, parameters), static call => call.Connection.Execute(call.sql, call.parameters));
    }

    /// <inheritdoc cref="Execute(string, object?)"/>
    public int Execute(DialectSql sql, object? parameters = null) => Execute(Engine.Choose(sql), parameters);

    /// <summary>Runs a prepared statement that writes.</summary>
    public int Execute(Statement prepared)
    {
        var changed = prepared.Execute();
        _writes += changed;
        return changed;
    }

    /// <summary>The statement for one row of many, to be bound and executed; it answers 1 for a row that waits.</summary>
    public Statement Batch(BatchStatement sql)
    {
        if (_rows.TryGetValue(sql, out var statement)) return statement;
        statement = Engine.Prepare(this, sql);
        _rows.Add(sql, statement);
        return statement;
    }

    /// <summary>Runs an INSERT of one row and gives the id that the store made for it.</summary>
    public long Insert(string sql, object parameters)
    {
        Execute(sql, parameters);
        return LastId();
    }

    /// <summary>The id that the store made for the row of the last INSERT.</summary>
    public long LastId() => First<long>(LastIdSql);

    /// <summary>Puts an event into the outbox: it is published if, and only if, this transaction commits.</summary>
    public void Append<TEvent>(TEvent e) where TEvent : IIntegrationEvent =>
        Append(TEvent.Topic, e.Key, TEvent.WireName, EventJson.Serialize(e));

    /// <summary>The same, for a caller that has the event's bytes already.</summary>
    public void Append(string topic, string key, string wireName, byte[] data)
    {
        _position++;
        Execute(Batch(AppendSql).Bind(1, topic).Bind(2, _position).Bind(3, key).Bind(4, NewId())
            .Bind(5, wireName).Bind(6, Now.ToDb()).Bind(7, TraceParent ??= NewTrace()).Bind(8, data));
        _appendedTo.Add(topic);
    }

    /// <summary>What is appended from now on has the trace of the event that caused it, if that has one.</summary>
    public void ContinueTrace(string? traceParent) => TraceParent = traceParent ?? TraceParent;

    /// <summary>
    /// Runs on the writer's thread after the commit, in the order of the calls; must not block. One that throws is logged and keeps nothing else
    /// from happening: what was written stays written.
    /// </summary>
    public void AfterCommit(Action action) => _afterCommit.Add(action);

    /// <summary>
    /// Runs after the commit when one of its actions threw: what memory holds beside the store may be older than the store, and is dropped.
    /// </summary>
    public void OnPublishFailed(Action action) => _afterFailure.Add(action);

    /// <summary>
    /// Runs when a transaction of a shared store fails and turns out to have ended before it asked for its commit: others may have had their turn
    /// since. What it did elsewhere under the lock may have been done without it.
    /// </summary>
    public void OnEpochLost(Action action) => _losses.Add(action);

    /// <summary>Runs when the answer to the commit of a shared store got lost: what was written is there, or is not.</summary>
    public void OnCommitInDoubt(Action action) => _doubts.Add(action);

    /// <summary>
    /// State that all the work of this transaction shares and that is dropped with it, such as counters that are ahead of the store.
    /// Change it only together with a row, or <see cref="MarkDirty"/>: work that fails without having written is not rolled back.
    /// <paramref name="flush"/> writes it back once, just before the commit; <paramref name="publish"/> runs after the commit, ahead of every
    /// <see cref="AfterCommit"/>.
    /// </summary>
    public T BatchState<T>(Func<T> create, Action<T, UnitOfWork> flush, Action<T>? publish = null) where T : class
    {
        if (_batchState.TryGetValue(typeof(T), out var known)) return (T)known;
        var state = create();
        _batchState.Add(typeof(T), state);
        _beforeCommit.Add(() => flush(state, this));
        if (publish is not null) _publications.Add(() => publish(state));
        return state;
    }

    /// <summary>
    /// Says that <see cref="BatchState{T}"/> state was changed without a row: work that fails after that is taken back like work that wrote one.
    /// </summary>
    public void MarkDirty() => _writes++;

    /// <summary>Where a piece of work begins.</summary>
    internal (long Writes, int Actions) Mark() => (_writes, _afterCommit.Count);

    /// <summary>
    /// Takes back what work that failed has left since a mark: what it wanted after the commit. False when it has written rows, which
    /// only a rollback takes back.
    /// </summary>
    internal bool TryReturnTo((long Writes, int Actions) mark)
    {
        _afterCommit.RemoveRange(mark.Actions, _afterCommit.Count - mark.Actions);
        return _writes == mark.Writes;
    }

    /// <summary>Opens a transaction; on a connection that has ended, over a new one.</summary>
    internal void Begin()
    {
        Reset();
        if (IsBroken) Reconnect();
        var started = Stopwatch.GetTimestamp();
        try
        {
            TakeEpoch();
        }
        catch (Exception) when (IsBroken && Engine.MayBeThere(started))
        {
            // A server may have ended the connection since its last use; nothing has happened in this transaction yet.
            Reconnect();
            TakeEpoch();
        }
    }

    internal void Commit()
    {
        _isCommitting = true;
        Engine.Commit(this, _position!.Value);
    }

    /// <summary>Keeps a statement, for a shared store, until the COMMIT, so that the server gets both at once.</summary>
    public void PiggybackOnCommit(string sql) => _piggyback.Append(sql).AppendLine(";");

    /// <summary>The statements that have waited for the COMMIT, each with its semicolon.</summary>
    internal string TakePiggyback()
    {
        var sql = _piggyback.ToString();
        _piggyback.Clear();
        return sql;
    }

    internal void Rollback() => Engine.Rollback(this);

    /// <summary>Leaves a transaction in which the store failed.</summary>
    /// <returns>What the actions that follow from it threw.</returns>
    internal IReadOnlyList<Exception> Abandon()
    {
        var errors = new List<Exception>();
        List<Action> consequences = !Engine.IsShared ? [] : _isCommitting ? _doubts : _losses.Count > 0 && !HasEpoch() ? _losses : [];
        try
        {
            Engine.Abandon(this);
        }
        finally
        {
            Run(consequences, errors);
        }
        return errors;
    }

    internal void Flush()
    {
        foreach (var flush in _beforeCommit) flush();
        foreach (var rows in _rows.Values) rows.Flush();
    }

    /// <summary>Runs what waited for the commit, each action by itself.</summary>
    /// <returns>What the actions threw; the commit stands all the same.</returns>
    internal IReadOnlyList<Exception> Publish()
    {
        // A transaction without events may follow one that failed, and whose positions are nowhere.
        if (HasEvents) CommittedPosition = _position!.Value;
        var errors = new List<Exception>();
        Run(_publications, errors);
        Run(_afterCommit, errors);
        if (errors.Count > 0) Run(_afterFailure, errors);
        return errors;
    }

    private static void Run(List<Action> actions, List<Exception> errors)
    {
        foreach (var action in actions)
        {
            try
            {
                action();
            }
            catch (Exception error)
            {
                errors.Add(error);
            }
        }
    }

    internal override void Close()
    {
        _rows.Clear();
        base.Close();
    }

    /// <summary>For what no request and no event has caused, such as a timer; as a W3C trace context.</summary>
    private static string NewTrace() => $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00";

    private void TakeEpoch()
    {
        BeginWrite();
        Now = _time.GetDbNow();
    }

    private void BeginWrite()
    {
        if (Engine.BeginWrite(this) is { } turn) (_position, CommittedPosition, WriterEpoch) = (turn.Position, turn.Position, turn.Epoch);
        else _position ??= CommittedPosition = First<long?>("SELECT MAX(position) FROM outbox") ?? 0;
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
        _beforeCommit.Clear();
        _publications.Clear();
        _losses.Clear();
        _doubts.Clear();
        _isCommitting = false;
        _afterCommit.Clear();
        _afterFailure.Clear();
        foreach (var rows in _rows.Values) rows.Forget();
        _appendedTo.Clear();
        _piggyback.Clear();
    }
}
