using System.Threading.RateLimiting;

namespace BigTech.BuildingBlocks.Core;

/// <summary>Bounds how much expensive work of one user this process does at the same time; further work waits for its turn.</summary>
/// <param name="atOnce">How much of one user runs.</param>
/// <param name="waiting">How much more may wait.</param>
/// <param name="patience">How long it waits.</param>
/// <param name="refusal">The error for what gets no turn.</param>
public sealed class UserTurns(int atOnce, int waiting, TimeSpan patience, TimeProvider time, Func<AppError> refusal) : IDisposable
{
    private readonly PartitionedRateLimiter<long> _turns = PartitionedRateLimiter.Create<long, long>(
        user => RateLimitPartition.GetConcurrencyLimiter(
            user, _ => new ConcurrencyLimiterOptions { PermitLimit = atOnce, QueueLimit = waiting }));

    /// <summary>Waits for a turn, which ends when the result is disposed.</summary>
    /// <exception cref="AppError">The refusal: the user's other work takes too long, or too much of it waits.</exception>
    public async Task<IDisposable> Begin(long userId, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var lease = await _turns.AcquireAsync(userId, permitCount: 1, either.Token);
            if (lease.IsAcquired) return lease;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nothing was acquired.
        }
        throw refusal();
    }

    public void Dispose() => _turns.Dispose();
}
