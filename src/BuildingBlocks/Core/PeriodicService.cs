namespace BigTech.BuildingBlocks.Core;

/// <summary>
/// Work that repeats for as long as its process runs: at the start, after every interval, and when it is asked for. A round that fails is
/// logged and repeated.
/// </summary>
/// <param name="work">What a round does, for the log, such as "Deleting old events".</param>
/// <param name="interval">The time from round to round; infinite for work that is only asked for.</param>
public abstract partial class PeriodicService(string work, TimeSpan interval, TimeProvider time, ILogger logger) : WorkerService
{
    private readonly AsyncSignal _due = new();

    protected TimeProvider Time => time;

    protected ILogger Logger => logger;

    /// <summary>Whether the first round is at the start.</summary>
    protected virtual bool RunsAtStart => true;

    /// <summary>The pause after a round that failed.</summary>
    protected virtual TimeSpan RetryPause => interval;

    /// <summary>Below a warning where another component reports the cause.</summary>
    protected virtual LogLevel FailureLevel => LogLevel.Warning;

    /// <summary>Begins a round now, or when the present one has ended.</summary>
    public void RunNow() => _due.Set();

    /// <summary>Runs one round.</summary>
    public abstract Task RunOnce(CancellationToken ct);

    protected sealed override async Task Run(CancellationToken ct)
    {
        await using var timer = time.CreateTimer(_ => RunNow(), null, interval, interval);
        if (!RunsAtStart) await _due.Wait(ct);
        while (true)
        {
            if (await TryRun(ct)) await _due.Wait(ct);
            else await Task.Delay(RetryPause, time, ct);
        }
    }

    /// <summary>Runs one round; returns false when it failed.</summary>
    protected async Task<bool> TryRun(CancellationToken ct)
    {
        try
        {
            await RunOnce(ct);
            return true;
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // What the round uses stops as well.
            return false;
        }
        catch (Exception error)
        {
            LogFailed(logger, FailureLevel, error, work);
            return false;
        }
    }

    [LoggerMessage(EventId = 100, Message = "{Work} failed; retrying")]
    private static partial void LogFailed(ILogger logger, LogLevel level, Exception error, string work);
}
