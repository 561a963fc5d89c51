using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>Whether a store answers and accepts writes.</summary>
internal sealed class StoreHealth(Store store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.Read(reader => reader.First<int>("SELECT 1"), cancellationToken);
            await store.EnsureWritable(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (AppError error)
        {
            return HealthCheckResult.Unhealthy(error.Message, error);
        }
    }
}
