using System.Diagnostics;
using BigTech.BuildingBlocks.Storage.Sql;
using Confluent.Kafka;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>
/// Carries the outbox of one store to Kafka: in order, each event at least once, without gaps. The position of the last acknowledged event
/// is kept in the store. Among the replicas with the same store, one relays.
/// </summary>
internal sealed partial class OutboxRelay
{
    private static readonly DialectSql SavePositionSql =
        Upsert.Replace("INSERT INTO relay_positions (topic, position) VALUES (@topic, @position)", key: "topic", "position");

    private const int BatchSize = 1000;

    private static readonly TimeSpan MaxFlushTime = TimeSpan.FromSeconds(5);

    // How long the positions of acknowledged events may stay unsaved: a crash before the save sends these events again.
    private static readonly TimeSpan SavePause = TimeSpan.FromMilliseconds(100);

    private readonly Store _store;
    private readonly IReadOnlyList<string> _topics;
    private readonly KafkaClients _clients;
    private readonly KafkaTopics _ready;
    private readonly BusOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LeaderLease _lease;
    private readonly TimeSpan _poll;
    private readonly TimeSpan _standby;
    private readonly TimeSpan _beat;
    private readonly Dictionary<string, long> _acknowledged = [];
    private readonly Dictionary<string, long> _saved = [];
    private long _lastSave;
    private TaskCompletionSource _woken = NewSource();

    public OutboxRelay(
        Store store, IReadOnlyList<string> topics, KafkaClients clients, KafkaTopics ready, BusOptions options, TimeProvider time,
        ILogger logger)
    {
        _store = store;
        _topics = topics;
        _clients = clients;
        _ready = ready;
        _options = options;
        _time = time;
        _logger = logger;
        var patience = TimeSpan.FromMilliseconds(clients.Options.RelayLeaseMilliseconds);
        _lease = new LeaderLease(store, patience, time);
        _poll = TimeSpan.FromMilliseconds(clients.Options.RelayPollMilliseconds);
        _standby = patience / 8;
        _beat = patience / 4;
    }

    /// <summary>Whether this replica relays now.</summary>
    public bool IsLeader { get; private set; }

    /// <summary>Signals that another replica may have written events to the store.</summary>
    public void Wake() => Interlocked.Exchange(ref _woken, NewSource()).TrySetResult();

    /// <summary>The position up to which a topic was relayed.</summary>
    public static ValueTask<long> Position(Store store, string topic, CancellationToken ct) => store.Read(
        async reader => await reader.First<long?>("SELECT position FROM relay_positions WHERE topic = @topic", new { topic }) ?? 0, ct);

    /// <summary>Sets the position after which the relay of a topic starts, while none runs.</summary>
    public static Task StartBehind(Store store, string topic, long position) => store.Write(work => SavePosition(work, topic, position));

    /// <summary>Relays, or stands by while another replica does. When stopped, it relays the rest and releases the lease.</summary>
    public async Task Run(CancellationToken ct)
    {
        using var abort = new CancellationTokenSource();
        using var stopping = ct.UnsafeRegister(_ => abort.CancelAfter(MaxFlushTime), null);
        var loop = new RetryLoop(_options, _time);
        await loop.Run(Step, Fail, ct);
        await Release();

        async Task Step(CancellationToken stop)
        {
            await _ready.Ready(stop);
            IsLeader = await _lease.TryTake(stop);
            if (IsLeader) await Relay(loop.NoteProgress, stop, abort.Token);
            else await Task.Delay(_standby, _time, stop);
        }

        // A temporarily unavailable store or unavailable brokers must not end the relay.
        void Fail(Exception error)
        {
            IsLeader = false;
            LogFailed(error, _store.Name);
        }
    }

    private async Task Release()
    {
        try
        {
            await Save();
            await _lease.Release();
        }
        catch (AppError unavailable)
        {
            // The lease expires by itself, and acknowledged events are sent again.
            LogFailed(unavailable, _store.Name);
        }
    }

    /// <summary>
    /// Relays as the owner of the lease, until another replica has it or an error occurs. Every start creates a new producer: events that
    /// an earlier one still holds are dropped with it, because they would arrive out of order.
    /// </summary>
    private async Task Relay(Action progress, CancellationToken ct, CancellationToken abort)
    {
        LogTaken(_store.Name);
        using var producer = _clients.RelayProducer();
        await Task.Run(() => LearnPartitions(producer), abort);
        foreach (var topic in _topics) _acknowledged[topic] = _saved[topic] = await Position(_store, topic, abort);
        while (true)
        {
            // Read before the store: events that were committed before the stop are still relayed.
            var isStopping = ct.IsCancellationRequested;
            var (appended, woken) = (_store.Log.NextAppend(), Volatile.Read(ref _woken).Task);
            var relayed = 0;
            foreach (var topic in _topics) relayed += await RelayBatch(producer, topic, abort);
            if (!await SaveWhenDue())
            {
                LogLost(_store.Name);
                return;
            }
            if (relayed > 0) progress();
            else if (isStopping) return;
            else await Task.WhenAny(appended, woken, Task.Delay(_poll, _time, ct));
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A producer requests a topic's partitions only at its first event, which then waits about a second.</summary>
    private void LearnPartitions(IProducer<string, byte[]> producer)
    {
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        try
        {
            foreach (var topic in _topics) admin.GetMetadata(_clients.NameOf(topic), _beat);
        }
        catch (KafkaException)
        {
            // The brokers are unavailable. The first event triggers the request.
        }
    }

    private async Task<int> RelayBatch(IProducer<string, byte[]> producer, string topic, CancellationToken ct)
    {
        var events = await _store.Log.Read(topic, _acknowledged[topic], BatchSize, ct);
        if (events.Count == 0) return 0;
        var name = _clients.NameOf(topic);
        var deliveries = events.ConvertAll(e => Publish(producer, name, e));
        await BeatUntilDone(Task.WhenAll(deliveries), ct);
        // Events before the first failure are acknowledged; the relay restarts from the failure.
        for (var i = 0; i < events.Count; i++)
        {
            await deliveries[i];
            _acknowledged[topic] = events[i].Position;
        }
        _clients.NoteAnswer();
        EventMetrics.Relayed(topic, events.Count);
        return events.Count;
    }

    private Task Publish(IProducer<string, byte[]> producer, string topic, EventEnvelope e)
    {
        var span = EventTraces.StartPublish(e);
        if (span is null) return producer.ProduceAsync(topic, EventRecords.ToRecord(e, _store.Name), CancellationToken.None);
        var record = EventRecords.ToRecord(e with { TraceParent = span.Id }, _store.Name);
        return EndWith(producer.ProduceAsync(topic, record, CancellationToken.None), span);
    }

    private static async Task EndWith(Task delivery, Activity span)
    {
        using (span) await delivery;
    }

    /// <summary>Keeps the lease while brokers are slow, even for hours.</summary>
    private async Task BeatUntilDone(Task deliveries, CancellationToken ct)
    {
        while (await Task.WhenAny(deliveries, Task.Delay(_beat, _time, ct)) != deliveries)
        {
            ct.ThrowIfCancellationRequested();
            if (!await Save()) throw new InvalidOperationException("Another replica has taken over the relay.");
        }
    }

    private async Task<bool> SaveWhenDue()
    {
        var pause = _topics.All(topic => _saved[topic] == _acknowledged[topic]) ? _beat : SavePause;
        return _time.GetElapsedTime(_lastSave) < pause || await Save();
    }

    /// <summary>Writes positions and a heartbeat in one transaction. False: another replica has the lease; nothing is written.</summary>
    private async Task<bool> Save()
    {
        var moved = _acknowledged.Where(entry => _saved[entry.Key] != entry.Value).ToList();
        var isOwner = await _store.Write(work =>
        {
            if (!_lease.Beat(work)) return false;
            foreach (var (topic, position) in moved) SavePosition(work, topic, position);
            return true;
        });
        if (!isOwner) return false;
        foreach (var (topic, position) in moved) _saved[topic] = position;
        _lastSave = _time.GetTimestamp();
        return true;
    }

    private static void SavePosition(UnitOfWork work, string topic, long position) =>
        work.Execute(SavePositionSql, new { topic, position });

    [LoggerMessage(1, LogLevel.Error, "Relaying the outbox of {Store} failed; retrying")]
    private partial void LogFailed(Exception error, string store);

    [LoggerMessage(2, LogLevel.Information, "Acquired the relay leadership of the outbox of {Store}")]
    private partial void LogTaken(string store);

    [LoggerMessage(3, LogLevel.Information, "Lost the relay leadership of the outbox of {Store}")]
    private partial void LogLost(string store);
}
