using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BigTech.BuildingBlocks.Storage.Mongo;

/// <summary>Whether the document database answers.</summary>
internal sealed class DocumentHealth(DocumentDatabase documents) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await documents.Ping(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (AppError error)
        {
            return HealthCheckResult.Unhealthy(error.Message, error);
        }
    }
}
