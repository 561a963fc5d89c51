namespace BigTech.BuildingBlocks.Core;

/// <summary>Wakes one loop from any thread. Signals before it wakes merge into one; signals after its end have no effect.</summary>
// Messages and timers may set it after the loop has ended; a semaphore without a wait handle holds no resource.
#pragma warning disable CA1001
public sealed class AsyncSignal
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _rung = new(0);

    public void Set()
    {
        if (_rung.CurrentCount == 0) _rung.Release();
    }

    /// <summary>Waits until the signal is set, or until the time is over.</summary>
    public async Task Wait(TimeSpan longest, CancellationToken ct)
    {
        await _rung.WaitAsync(longest, ct);
        while (_rung.CurrentCount > 0) await _rung.WaitAsync(ct);
    }

    /// <inheritdoc cref="Wait(TimeSpan,CancellationToken)"/>
    public Task Wait(CancellationToken ct) => Wait(Timeout.InfiniteTimeSpan, ct);
}
