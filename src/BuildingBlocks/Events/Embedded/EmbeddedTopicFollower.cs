using Microsoft.Extensions.Logging;

namespace BigTech.BuildingBlocks.Events.Embedded;

/// <summary>Follows one topic of an event log from its end.</summary>
internal sealed partial class EmbeddedTopicFollower : ITopicFollower
{
    private readonly string _topic;
    private readonly EventLog _log;
    private readonly Action<EventEnvelope> _handle;
    private readonly Action _gap;
    private readonly BusOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private long _position;

    public EmbeddedTopicFollower(
        string topic, EventLog log, Action<EventEnvelope> handle, Action gap, BusOptions options, TimeProvider time, ILogger logger)
    {
        _topic = topic;
        _log = log;
        _handle = handle;
        _gap = gap;
        _options = options;
        _time = time;
        _logger = logger;
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
                if (!Started.IsCompleted) _position = await _log.End(_topic, ct);
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
                LogStepFailed(error, _topic);
                await Task.Delay(_options.RetryDelay(++failures), _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Step(CancellationToken ct)
    {
        var appended = _log.NextAppend(_topic);
        var events = await _log.Read(_topic, _position, _options.BatchSize, ct);
        foreach (var e in events)
        {
            _position = e.Position;
            Handle(e);
        }
        if (events.Count == 0) await appended.WaitAsync(ct);
    }

    private void Handle(EventEnvelope e)
    {
        try
        {
            _handle(e);
        }
        catch (Exception error)
        {
            LogHandlerFailed(error, e.Type, e.Id);
            _gap();
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Following {Topic} failed; retrying")]
    private partial void LogStepFailed(Exception error, string topic);

    [LoggerMessage(2, LogLevel.Error, "Handling {Type} {EventId} failed; streams repair the gap from the store")]
    private partial void LogHandlerFailed(Exception error, string type, string eventId);
}
