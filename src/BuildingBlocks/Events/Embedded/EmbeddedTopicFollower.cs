namespace BigTech.BuildingBlocks.Events.Embedded;

/// <summary>Follows one topic of an event log from its end.</summary>
internal sealed class EmbeddedTopicFollower : ITopicFollower
{
    private readonly TopicHandler _handler;
    private readonly EventLog _log;
    private readonly BusOptions _options;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private long _position;

    public EmbeddedTopicFollower(TopicHandler handler, EventLog log, BusOptions options, TimeProvider time)
    {
        _handler = handler;
        _log = log;
        _options = options;
        _time = time;
        _loop = Task.Run(() => Loop(_stop.Token));
    }

    public Task Started => _started.Task;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _started.TrySetCanceled();
        _stop.Dispose();
    }

    private async Task Loop(CancellationToken ct)
    {
        var failures = 0;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (!Started.IsCompleted) _position = await _log.End(_handler.Topic, ct);
                _started.TrySetResult();
                await Step(ct);
                failures = 0;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                _handler.ReportFailure(error);
                await Task.Delay(_options.RetryDelay(++failures), _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Step(CancellationToken ct)
    {
        var appended = _log.NextAppend(_handler.Topic);
        var events = await _log.Read(_handler.Topic, _position, _options.BatchSize, ct);
        foreach (var e in events)
        {
            _position = e.Position;
            _handler.Handle(e);
        }
        if (events.Count == 0) await appended.WaitAsync(ct);
    }
}
