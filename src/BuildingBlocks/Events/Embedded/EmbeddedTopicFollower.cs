namespace BigTech.BuildingBlocks.Events.Embedded;

/// <summary>Follows one topic of an event log from its end.</summary>
internal sealed class EmbeddedTopicFollower : ITopicFollower
{
    private readonly TopicHandler _handler;
    private readonly EventLog _log;
    private readonly int _batchSize;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private long _position;

    public EmbeddedTopicFollower(TopicHandler handler, EventLog log, BusOptions options, TimeProvider time)
    {
        _handler = handler;
        _log = log;
        _batchSize = options.BatchSize;
        _loop = Task.Run(() => new RetryLoop(options, time).Run(Step, handler.ReportFailure, _stop.Token));
    }

    public Task Started => _started.Task;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _started.TrySetCanceled();
        _stop.Dispose();
    }

    private async Task Step(CancellationToken ct)
    {
        if (!Started.IsCompleted) _position = await _log.End(_handler.Topic, ct);
        _started.TrySetResult();
        var appended = _log.NextAppend(_handler.Topic);
        var events = await _log.Read(_handler.Topic, _position, _batchSize, ct);
        foreach (var e in events)
        {
            _position = e.Position;
            _handler.Handle(e);
        }
        if (events.Count == 0) await appended.WaitAsync(ct);
    }
}
