namespace BigTech.BuildingBlocks.Events;

/// <summary>
/// Repeats a step until it is cancelled. After failures in a row it pauses for longer and longer, as <see cref="BusOptions"/> say.
/// </summary>
internal sealed class RetryLoop(BusOptions options, TimeProvider time)
{
    private int _failures;

    /// <param name="step">Returns when it made progress.</param>
    /// <param name="failed">Reports a failed step.</param>
    public async Task Run(Func<CancellationToken, Task> step, Action<Exception> failed, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await step(ct);
                NoteProgress();
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                failed(error);
                await Task.Delay(options.RetryDelay(++_failures), time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The next failure is the first in a row; for steps that go on for long.</summary>
    public void NoteProgress() => _failures = 0;
}
