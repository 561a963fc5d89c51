using System.Data.Common;
using BigTech.Contracts;
using Dapper;

namespace BigTech.Platform.Sql;

/// <summary>
/// The open transaction of a group commit, as one piece of work sees it: what it writes, the events it appends and what is to
/// happen after the commit stand or fall together with it.
/// </summary>
public sealed class WriteSession : SqlSession
{
    private const string AppendSql = """
        INSERT INTO outbox (topic, position, event_key, event_id, type, time, traceparent, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """;

    private readonly TimeProvider _time;
    private long _writes;
    private readonly TimeOrderedId _ids = new();
    private readonly Dictionary<Type, object> _batchState = [];
    private readonly List<Action> _beforeCommit = [];
    private readonly List<Action> _publications = [];
    private readonly List<Action> _afterCommit = [];

    // Positions come from here and not from the engine: the one writer knows the last one, and a number that a rolled back
    // transaction took is simply left out.
    private long _position;

    internal WriteSession(DbConnection connection, TimeProvider time) : base(connection)
    {
        _time = time;
        _position = First<long?>("SELECT MAX(position) FROM outbox") ?? 0;
        CommittedPosition = _position;
    }

    /// <summary>The position of the newest event that is committed.</summary>
    public long CommittedPosition { get; private set; }

    /// <summary>The position that the next event gets.</summary>
    public long NextPosition => _position + 1;

    internal bool HasEvents { get; private set; }

    internal string? TraceParent { get; set; }

    /// <summary>A UUID that sorts behind all that this store's writer has given before.</summary>
    public string NewId(DateTimeOffset now) => _ids.Next(now).ToString();

    public int Execute(string sql, object? parameters = null)
    {
        _writes++;
        return Connection.Execute(sql, parameters);
    }

    /// <summary>Runs a prepared statement that writes.</summary>
    public int Execute(Statement prepared)
    {
        var changed = prepared.Execute();
        _writes += changed;
        return changed;
    }

    /// <summary>Runs an INSERT … RETURNING and gives what it returned.</summary>
    public T Insert<T>(string sql, object parameters)
    {
        _writes++;
        return Connection.QuerySingle<T>(sql, parameters);
    }

    /// <summary>Puts an event into the outbox: it is published if, and only if, this transaction commits.</summary>
    public void Append<TEvent>(TEvent e) where TEvent : IIntegrationEvent =>
        Append(TEvent.Topic, e.Key, TEvent.WireName, EventJson.Serialize(e));

    /// <summary>The same, for a caller that has the event's bytes already.</summary>
    public void Append(string topic, string key, string wireName, byte[] data)
    {
        var now = _time.GetUtcNow();
        Execute(Prepared(AppendSql).Bind(1, topic).Bind(2, ++_position).Bind(3, key).Bind(4, NewId(now))
            .Bind(5, wireName).Bind(6, now.ToDb()).Bind(7, TraceParent).Bind(8, data));
        HasEvents = true;
    }

    /// <summary>Runs on the writer's thread after the commit, in the order of the calls; must not block or throw.</summary>
    public void OnCommitted(Action action) => _afterCommit.Add(action);

    /// <summary>
    /// State that all the work of this transaction shares and that is dropped with it, such as counters that are ahead of the store.
    /// Change it only together with a row: work that fails without having written is not rolled back.
    /// <paramref name="flush"/> writes it back once, just before the commit; <paramref name="publish"/> runs after the commit, ahead of every
    /// <see cref="OnCommitted"/>.
    /// </summary>
    public T Shared<T>(Func<T> create, Action<T, WriteSession> flush, Action<T>? publish = null) where T : class
    {
        if (_batchState.TryGetValue(typeof(T), out var known)) return (T)known;
        var state = create();
        _batchState.Add(typeof(T), state);
        _beforeCommit.Add(() => flush(state, this));
        if (publish is not null) _publications.Add(() => publish(state));
        return state;
    }

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

    internal void Flush()
    {
        foreach (var flush in _beforeCommit) flush();
    }

    internal void Publish()
    {
        CommittedPosition = _position;
        foreach (var publish in _publications) publish();
        foreach (var action in _afterCommit) action();
    }

    internal void Reset()
    {
        _batchState.Clear();
        _beforeCommit.Clear();
        _publications.Clear();
        _afterCommit.Clear();
        HasEvents = false;
    }
}
