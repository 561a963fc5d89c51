using System.ComponentModel.DataAnnotations;

namespace BigTech.BuildingBlocks.Events;

/// <summary>Section <c>Bus</c>.</summary>
public sealed class BusOptions
{
    /// <summary>The number of attempts before an event becomes a dead letter.</summary>
    [Range(1, int.MaxValue)]
    public int Attempts { get; set; } = 5;

    /// <summary>The delay before the first retry, in milliseconds; it doubles with each retry, with jitter.</summary>
    [Range(1, int.MaxValue)]
    public int RetryMilliseconds { get; set; } = 200;

    /// <summary>The longest delay between retries, in milliseconds.</summary>
    [Range(1, int.MaxValue)]
    public int LongestRetryMilliseconds { get; set; } = 30_000;

    /// <summary>The maximum number of events in one transaction of a consumer.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; set; } = 500;

    /// <summary>The same for a consumer with a pace: its work grows with its transactions more than with their events.</summary>
    [Range(1, int.MaxValue)]
    public int PacedBatchSize { get; set; } = 4000;

    /// <summary>The interval at which events past their retention are deleted, in minutes.</summary>
    [Range(1, int.MaxValue)]
    public int RetentionMinutes { get; set; } = 10;

    /// <summary>The delay after a failed attempt.</summary>
    internal TimeSpan RetryDelay(int attempt)
    {
        var wait = Math.Min(LongestRetryMilliseconds, RetryMilliseconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromMilliseconds(wait * (0.75 + Random.Shared.NextDouble() / 2));
    }
}
