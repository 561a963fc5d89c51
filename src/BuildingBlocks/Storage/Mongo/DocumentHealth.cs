using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BigTech.BuildingBlocks.Storage.Mongo;

/// <summary>Whether the document database answers and takes writes.</summary>
internal sealed class DocumentHealth(DocumentDatabase documents) : IHealthCheck
{
    // Health is asked every second or so; a write each time would be more than many installations write otherwise.
    private static readonly TimeSpan MaxProbeAge = TimeSpan.FromSeconds(5);

    private long _lastWrite;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            if (_lastWrite != 0 && Stopwatch.GetElapsedTime(_lastWrite) < MaxProbeAge)
            {
                await documents.Ping(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            _lastWrite = 0;
            await documents.EnsureWritable(cancellationToken);
            _lastWrite = Stopwatch.GetTimestamp();
            return HealthCheckResult.Healthy();
        }
        catch (AppError error)
        {
            return HealthCheckResult.Unhealthy(error.Message, error);
        }
    }
}
