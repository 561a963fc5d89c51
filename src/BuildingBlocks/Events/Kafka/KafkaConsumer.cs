using Confluent.Kafka;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>
/// One member of a consumer group on one topic: a loop of poll, handle and commit on its own thread. The processed events make the effect
/// of an event happen once however often it is delivered, so an offset may be committed late, twice or never.
/// </summary>
internal sealed partial class KafkaConsumer : IConsumer
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(5);

    // During longer work the member keeps polling, so that it stays in its group.
    private static readonly TimeSpan ShortWork = TimeSpan.FromMilliseconds(500);

    private readonly KafkaClients _clients;
    private readonly KafkaTopics _topics;
    private readonly DeadLetterTopics _deadLetters;
    private readonly BusOptions _options;
    private readonly int _batchSize;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ProcessedEvents _processed;
    private readonly IConsumer<string, byte[]?> _consumer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    // Held while events take effect in the store, and permanently at the end.
    private readonly SemaphoreSlim _handling = new(1, 1);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The following fields belong to the thread of the loop, which also runs the callbacks of the client.

    // The assigned partitions with the number of the assignment: a partition that is lost and assigned again starts over.
    private readonly Dictionary<TopicPartition, long> _assigned = [];
    private readonly Dictionary<TopicPartition, Offset> _uncommitted = [];
    private readonly List<Received> _pending = [];
    private long _assignments;
    private long _batchStarted;
    private bool _keepsPace;
    private bool _commitFails;

    public KafkaConsumer(
        Subscription subscription, KafkaClients clients, KafkaTopics topics, DeadLetterTopics deadLetters, BusOptions options,
        TimeProvider time,
        ILogger logger)
    {
        Subscription = subscription;
        _clients = clients;
        _topics = topics;
        _deadLetters = deadLetters;
        _options = options;
        _batchSize = subscription.Pace > TimeSpan.Zero ? options.PacedBatchSize : options.BatchSize;
        _time = time;
        _logger = logger;
        _processed = new ProcessedEvents(subscription, time);
        // A group per topic: members of one group with different topics would interrupt each other at every change.
        _consumer = clients.Consumer($"{subscription.Group}.{subscription.Topic}")
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => Forget(partitions))
            .Build();
        _thread = new Thread(Loop) { Name = $"{subscription.Group} on {subscription.Topic}", IsBackground = true };
        _thread.Start();
    }

    public Subscription Subscription { get; }

    /// <summary>A received event with the assignment of its partition.</summary>
    private sealed record Received(EventEnvelope Event, TopicPartition Partition, long Assignment);

    /// <summary>Counts the partitions of this member; the lag of the group is the sum over its members.</summary>
    public async ValueTask<long> Lag(CancellationToken ct) => await Task.Run(() =>
    {
        try
        {
            return _consumer.Committed(AnswerTime).Sum(Behind);
        }
        catch (KafkaException error)
        {
            throw AppError.Unavailable("bus_unavailable", "Kafka does not answer now.", error);
        }
    }, ct);

    public ValueTask<long> DeadLetters(CancellationToken ct) => _deadLetters.Count(Subscription, ct);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _handling.WaitAsync();
        try
        {
            await _left.Task.WaitAsync(LeaveTime);
            _stop.Dispose();
        }
        catch (TimeoutException)
        {
            // The client waits for unavailable brokers, for some requests without a limit: offset commits and leaving the group. The
            // handled events are in the store, and no more will be handled.
            LogLeftBehind(Subscription.Group, Subscription.Topic);
        }
    }

    private void Loop()
    {
        var ct = _stop.Token;
        var failures = 0;
        var hasJoined = false;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (failures > 0) Pause(failures, ct);
                if (!hasJoined) Join(ct);
                hasJoined = true;
                Step(ct);
                failures = 0;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)
            {
                // Temporarily unavailable brokers or an unavailable store must not end the consumer.
                LogStepFailed(error, Subscription.Group, Subscription.Topic);
                failures++;
                // A pause by polling could fail as well.
                ct.WaitHandle.WaitOne(Poll);
            }
        }
        Leave();
    }

    private void Join(CancellationToken ct)
    {
        _topics.Ready(ct).GetAwaiter().GetResult();
        _consumer.Subscribe(_clients.NameOf(Subscription.Topic));
    }

    private void Leave()
    {
        try
        {
            _consumer.Close();
        }
        catch (KafkaException error)
        {
            // The group detects by itself that the member has left.
            LogStepFailed(error, Subscription.Group, Subscription.Topic);
        }
        _consumer.Dispose();
        _left.TrySetResult();
    }

    /// <summary>Handles one batch. Failed events stay pending and are handled by the next step.</summary>
    private void Step(CancellationToken ct)
    {
        if (_keepsPace) KeepPace(ct);
        if (_pending.Count == 0) Receive(_consumer.Consume(Poll));
        while (_pending.Count > 0 && _pending.Count < _batchSize && _consumer.Consume(TimeSpan.Zero) is { } next) Receive(next);
        if (_pending.Count > 0)
        {
            _clients.NoteAnswer();
            _batchStarted = _time.GetTimestamp();
            _keepsPace = Subscription.Pace > TimeSpan.Zero && _pending.Count < _batchSize;
            Handle(_pending.Take(_batchSize).ToList(), ct);
        }
        Commit();
    }

    private void Receive(ConsumeResult<string, byte[]?>? record)
    {
        if (record is null || !_assigned.TryGetValue(record.TopicPartition, out var assignment)) return;
        _pending.Add(new Received(EventRecords.ToEvent(record, Subscription.Topic), record.TopicPartition, assignment));
    }

    private void Handle(List<Received> batch, CancellationToken ct)
    {
        if (TryHandle(batch, ct) is null) return;
        // An event in the batch fails: handle them one by one, so that only that event waits for its retries.
        foreach (var one in batch) HandleWithRetries(one, ct);
    }

    private void HandleWithRetries(Received one, CancellationToken ct)
    {
        for (var attempt = 1; IsOurs(one); attempt++)
        {
            if (TryHandle([one], ct) is not { } error) return;
            LogAttemptFailed(error, one.Event.Type, one.Event.Id, attempt, Subscription.Group);
            if (attempt >= _options.Attempts)
            {
                PutAside(one, error, attempt);
                return;
            }
            Pause(attempt, ct);
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Writes the dead letter before the offset: a crash in between writes the same dead letter again.</summary>
    private void PutAside(Received one, Exception error, int attempts)
    {
        Wait(_deadLetters.Add(Subscription, one.Event, one.Partition.Partition.Value, error, attempts));
        EventMetrics.DeadLettered(Subscription);
        Done([one]);
        Commit();
    }

    /// <summary>Handles events in one transaction with their ids in the processed events; skips those that were handled before.</summary>
    private Exception? TryHandle(List<Received> batch, CancellationToken ct)
    {
        var left = batch;
        while (left.Count > 0)
        {
            var events = Distinct(left);
            var error = Wait(TakeEffect(events, ct));
            if (error is not AlreadyHandledException handled)
            {
                if (error is not null) return error;
                break;
            }
            left = left.FindAll(one => !handled.Ids.Contains(one.Event.Id));
        }
        Done(batch);
        return null;
    }

    private async Task<Exception?> TakeEffect(List<EventEnvelope> events, CancellationToken ct)
    {
        await _handling.WaitAsync(ct);
        try
        {
            return await Subscription.TryHandle(events, work => _processed.Record(events, work), ct);
        }
        finally
        {
            _handling.Release();
        }
    }

    /// <summary>An event may occur twice in a batch: a restarted relay sends it again.</summary>
    private static List<EventEnvelope> Distinct(List<Received> batch) => [.. batch.Select(one => one.Event).DistinctBy(e => e.Id)];

    private void Done(List<Received> batch)
    {
        var done = batch.ToHashSet<Received>(ReferenceEqualityComparer.Instance);
        foreach (var one in batch.Where(IsOurs)) _uncommitted[one.Partition] = one.Event.Position + 1;
        _pending.RemoveAll(done.Contains);
    }

    private bool IsOurs(Received one) => _assigned.TryGetValue(one.Partition, out var assignment) && assignment == one.Assignment;

    private void Commit()
    {
        if (_uncommitted.Count == 0) return;
        try
        {
            _consumer.Commit(_uncommitted.Select(entry => new TopicPartitionOffset(entry.Key, entry.Value)));
            _uncommitted.Clear();
            _commitFails = false;
        }
        catch (KafkaException error)
        {
            // The effects are committed; the next step retries.
            var isRebalance = error.Error.Code is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId;
            if (!isRebalance && !_commitFails) LogCommitFailed(Subscription.Group, Subscription.Topic, error.Error.Reason);
            _commitFails |= !isRebalance;
        }
    }

    private void KeepPace(CancellationToken ct)
    {
        var rest = Subscription.Pace - _time.GetElapsedTime(_batchStarted);
        if (rest > TimeSpan.Zero) Wait(Delay(rest, ct));
    }

    private void Pause(int attempt, CancellationToken ct) => Wait(Delay(_options.RetryDelay(attempt), ct));

    private async Task<bool> Delay(TimeSpan pause, CancellationToken ct)
    {
        await Task.Delay(pause, _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ct.IsCancellationRequested;
    }

    /// <summary>
    /// Waits for work. During long work the member keeps polling, or the group would remove it. Partitions are paused meanwhile, and events
    /// that arrive anyway queue behind the current ones.
    /// </summary>
    private T Wait<T>(Task<T> work)
    {
        if (Task.WaitAny([work], ShortWork) < 0)
        {
            while (!work.IsCompleted)
            {
                _consumer.Pause(_assigned.Keys);
                Receive(ConsumeOrNothing());
            }
            _consumer.Resume(_assigned.Keys);
        }
        return work.GetAwaiter().GetResult();
    }

    /// <summary>During other work, broker errors are ignored here; the next step meets them again.</summary>
    private ConsumeResult<string, byte[]?>? ConsumeOrNothing()
    {
        try
        {
            return _consumer.Consume(Poll);
        }
        catch (ConsumeException)
        {
            return null;
        }
    }

    private void Assigned(List<TopicPartition> partitions)
    {
        foreach (var partition in partitions) _assigned[partition] = ++_assignments;
    }

    private void Revoked(List<TopicPartitionOffset> partitions)
    {
        Commit();
        Forget(partitions);
    }

    /// <summary>Other members take these partitions over: they handle the pending events, and this one commits no more of them.</summary>
    private void Forget(List<TopicPartitionOffset> partitions)
    {
        // A pause would outlast the assignment, and the partition would stay paused when it is assigned again.
        _consumer.Resume(partitions.Select(partition => partition.TopicPartition).Where(_assigned.ContainsKey));
        foreach (var partition in partitions)
        {
            _assigned.Remove(partition.TopicPartition);
            _uncommitted.Remove(partition.TopicPartition);
        }
        _pending.RemoveAll(one => !IsOurs(one));
    }

    private long Behind(TopicPartitionOffset committed)
    {
        var range = _consumer.QueryWatermarkOffsets(committed.TopicPartition, AnswerTime);
        return range.High.Value - Math.Max(range.Low.Value, committed.Offset.Value);
    }

    [LoggerMessage(1, LogLevel.Error, "Consumer {Group} failed on {Topic}; retrying")]
    private partial void LogStepFailed(Exception error, string group, string topic);

    [LoggerMessage(2, LogLevel.Warning, "{Type} {EventId} failed in attempt {Attempt} of {Group}")]
    private partial void LogAttemptFailed(Exception error, string type, string eventId, int attempt, string group);

    [LoggerMessage(3, LogLevel.Warning, "Committing the offsets of {Group} on {Topic} failed, retrying: {Reason}")]
    private partial void LogCommitFailed(string group, string topic, string reason);

    [LoggerMessage(4, LogLevel.Warning, "Leaving {Topic} timed out for {Group}; its session expires at the brokers")]
    private partial void LogLeftBehind(string group, string topic);
}
