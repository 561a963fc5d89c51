using Microsoft.Extensions.Hosting;

namespace BigTech.BuildingBlocks.Core;

/// <summary>
/// Work that goes on for as long as its process. To be cancelled is its normal end, also when the process stops because its start has
/// failed; the host takes that for an error of the service.
/// </summary>
public abstract class WorkerService : BackgroundService
{
    /// <summary>Runs until it is cancelled.</summary>
    protected abstract Task Run(CancellationToken ct);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Run(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The normal end.
        }
    }
}
