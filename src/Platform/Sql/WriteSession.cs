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
        INSERT INTO outbox (topic, event_key, event_id, type, time, traceparent, data)
        VALUES (@topic, @key, @id, @type, @time, @traceparent, @data)
        """;

    private readonly TimeProvider _time;
    private readonly Dictionary<Type, object> _batchState = [];
    private readonly List<Action> _beforeCommit = [];

    internal WriteSession(DbConnection connection, TimeProvider time) : base(connection) => _time = time;

    internal List<Action> AfterCommit { get; } = [];

    /// <summary>How many statements have written so far: tells whether a piece of work that failed left anything to roll back.</summary>
    internal int Writes { get; private set; }

    internal bool HasEvents { get; private set; }

    internal string? TraceParent { get; set; }

    public int Execute(string sql, object? parameters = null)
    {
        Writes++;
        return Connection.Execute(sql, parameters);
    }

    public int Execute(DbCommand prepared)
    {
        Writes++;
        return prepared.ExecuteNonQuery();
    }

    /// <summary>Runs an INSERT … RETURNING and gives what it returned.</summary>
    public T Insert<T>(string sql, object parameters)
    {
        Writes++;
        return Connection.QuerySingle<T>(sql, parameters);
    }

    /// <summary>Puts an event into the outbox: it is published if, and only if, this transaction commits.</summary>
    public void Append<TEvent>(TEvent e) where TEvent : IIntegrationEvent =>
        Append(TEvent.Topic, e.Key, TEvent.WireName, EventJson.Serialize(e));

    /// <summary>The same, for a caller that has the event's bytes already.</summary>
    public void Append(string topic, string key, string wireName, byte[] data)
    {
        var now = _time.GetUtcNow();
        Execute(Prepared(AppendSql, "@topic", "@key", "@id", "@type", "@time", "@traceparent", "@data")
            .Bind(0, topic).Bind(1, key).Bind(2, Guid.CreateVersion7(now).ToString()).Bind(3, wireName)
            .Bind(4, now.ToDb()).Bind(5, TraceParent).Bind(6, data));
        HasEvents = true;
    }

    /// <summary>Runs on the writer's thread after the commit, in the order of the calls; must not block or throw.</summary>
    public void OnCommitted(Action action) => AfterCommit.Add(action);

    /// <summary>
    /// State that all the work of this transaction shares and that is dropped with it, such as counters that are ahead of the store.
    /// <paramref name="flush"/> writes it back once, just before the commit.
    /// </summary>
    public T Shared<T>(Func<T> create, Action<T, WriteSession> flush) where T : class
    {
        if (_batchState.TryGetValue(typeof(T), out var known)) return (T)known;
        var state = create();
        _batchState.Add(typeof(T), state);
        _beforeCommit.Add(() => flush(state, this));
        return state;
    }

    internal void Flush()
    {
        foreach (var flush in _beforeCommit) flush();
    }

    internal void Reset()
    {
        _batchState.Clear();
        _beforeCommit.Clear();
        AfterCommit.Clear();
        HasEvents = false;
    }
}
