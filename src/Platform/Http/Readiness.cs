using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BigTech.Platform.Http;

/// <summary>
/// The health checks of this process, for callers that ask often and wait only for a moment. One look at a time: a store that hangs is not
/// asked again and again, and callers are told what is known of it.
/// </summary>
internal sealed class Readiness(HealthCheckService checks)
{
    // The gateway waits for half a second.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(300);

    // A busy machine is not yet a store that hangs.
    private static readonly TimeSpan MaxCheckTime = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task<bool> _look = Task.FromResult(true);
    private bool _wasHealthy = true;
    private long _started;

    /// <summary>What a look finds; if it takes longer than a moment, what the one before has found, and after a while: no.</summary>
    public async Task<bool> IsHealthy(CancellationToken ct)
    {
        var look = Latest();
        await Task.WhenAny(look, Task.Delay(MaxWait, ct));
        if (look.IsCompleted) return await look;
        lock (_gate) return _wasHealthy && Stopwatch.GetElapsedTime(_started) < MaxCheckTime;
    }

    private Task<bool> Latest()
    {
        lock (_gate)
        {
            if (!_look.IsCompleted) return _look;
            _wasHealthy = _look.IsCompletedSuccessfully && _look.Result;
            _started = Stopwatch.GetTimestamp();
            return _look = Look();
        }
    }

    private async Task<bool> Look() => (await checks.CheckHealthAsync(CancellationToken.None)).Status == HealthStatus.Healthy;
}
