namespace BigTech.Platform;

/// <summary>Wakes one loop from any thread, however often it is rung meanwhile; late ringers do no harm.</summary>
#pragma warning disable CA1001 // Messages and timers may ring after the end, and a semaphore that gives out no handle has nothing to give back.
public sealed class AsyncSignal
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _rung = new(0);

    public void Set()
    {
        if (_rung.CurrentCount == 0) _rung.Release();
    }

    /// <summary>Waits until it rings, or for so long.</summary>
    public async Task Wait(TimeSpan longest, CancellationToken ct)
    {
        await _rung.WaitAsync(longest, ct);
        while (_rung.CurrentCount > 0) await _rung.WaitAsync(ct);
    }

    /// <inheritdoc cref="Wait(TimeSpan,CancellationToken)"/>
    public Task Wait(CancellationToken ct) => Wait(Timeout.InfiniteTimeSpan, ct);
}
