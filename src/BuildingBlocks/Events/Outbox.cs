using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.BuildingBlocks.Events;

/// <summary>
/// The events of a context, written in the transactions of its store: an event is published if, and only if, its transaction commits.
/// </summary>
public sealed class Outbox : ICommitParticipant
{
    private const string IntoOutbox = "INSERT INTO outbox (topic, position, event_key, event_id, type, time, traceparent, data) VALUES ";
    private const string OutboxRow = "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

    private static readonly BulkInsert AppendSql = new($"{IntoOutbox}{OutboxRow}", IntoOutbox, OutboxRow);

    private readonly HashSet<string> _appendedTo = [];

    // Positions do not come from the engine: the single writer knows the last one. On an embedded store a position of a rolled back
    // transaction is skipped; on a shared store the writers pass the last position on.
    private long? _position;

    private Outbox(Store store) => Log = new EventLog(store);

    /// <summary>The outbox, read as a log.</summary>
    public EventLog Log { get; }

    /// <summary>The position of the newest committed event.</summary>
    public long CommittedPosition { get; private set; }

    /// <summary>The position of the next event.</summary>
    public long NextPosition => _position!.Value + 1;

    /// <inheritdoc/>
    public long? NewPosition => _appendedTo.Count > 0 ? _position : null;

    /// <summary>The outbox of a store, for its constructor.</summary>
    public static ICommitParticipant For(Store store) => new Outbox(store);

    /// <exception cref="InvalidOperationException">The store was opened without an outbox.</exception>
    internal static Outbox In(ICommitParticipant? participant) =>
        participant as Outbox ?? throw new InvalidOperationException("The store was opened without an outbox.");

    /// <inheritdoc/>
    public void Begin(UnitOfWork work, long? position)
    {
        _appendedTo.Clear();
        if (position is { } last) _position = CommittedPosition = last;
        else _position ??= CommittedPosition = work.First<long?>("SELECT MAX(position) FROM outbox") ?? 0;
    }

    internal void Append(UnitOfWork work, string topic, string key, string wireName, byte[] data)
    {
        _position++;
        work.Execute(work.Batch(AppendSql).Bind(1, topic).Bind(2, _position).Bind(3, key).Bind(4, work.NewId())
            .Bind(5, wireName).Bind(6, work.Now.ToDb()).Bind(7, work.TraceParent).Bind(8, data));
        _appendedTo.Add(topic);
    }

    /// <inheritdoc/>
    // A transaction without events may follow a failed one, whose positions were not committed.
    public void Committed() => CommittedPosition = NewPosition ?? CommittedPosition;

    /// <inheritdoc/>
    public void Published()
    {
        if (_appendedTo.Count > 0) Log.Signal(_appendedTo);
    }
}
