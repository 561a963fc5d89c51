using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// The health checks of this process, for callers that ask often and only wait briefly. One check runs at a time: a hanging store is not
/// queried again and again, and callers get the last known state.
/// </summary>
internal sealed class Readiness(HealthCheckService checks)
{
    // The gateway waits for half a second.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(300);

    // Under high load a check may be slow although the store does not hang.
    private static readonly TimeSpan MaxCheckTime = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task<bool> _look = Task.FromResult(true);
    private bool _wasHealthy = true;
    private long _started;

    public async Task<JsonHttpResult<HealthAnswer>> Handle(HttpContext http, IHostApplicationLifetime lifetime, CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return Answer(Health.Stopping);
        return await IsHealthy(ct) ? Health.Answer(http, Health.Healthy, StatusCodes.Status200OK) : Answer(Health.Unhealthy);

        JsonHttpResult<HealthAnswer> Answer(string status) => Health.Answer(http, status, StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>The result of the check; while it runs longer than the limit, the previous result, and after a while false.</summary>
    private async Task<bool> IsHealthy(CancellationToken ct)
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
