using System.ComponentModel.DataAnnotations;

namespace BigTech.Platform.Events;

/// <summary>Section <c>Bus</c>.</summary>
public sealed class BusOptions
{
    /// <summary>How often an event is tried before it goes to the dead letters.</summary>
    [Range(1, int.MaxValue)]
    public int Attempts { get; set; } = 5;

    /// <summary>The pause before the first retry, in milliseconds; each further one is twice as long, with jitter.</summary>
    [Range(1, int.MaxValue)]
    public int RetryMilliseconds { get; set; } = 200;

    /// <summary>The longest pause between retries, in milliseconds.</summary>
    [Range(1, int.MaxValue)]
    public int LongestRetryMilliseconds { get; set; } = 30_000;

    /// <summary>How many events one transaction of a consumer takes at most.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; set; } = 500;

    /// <summary>The same for a consumer that keeps a pace: its work grows with its transactions more than with their events.</summary>
    [Range(1, int.MaxValue)]
    public int PacedBatchSize { get; set; } = 4000;

    /// <summary>How often events past their retention are deleted, in minutes.</summary>
    [Range(1, int.MaxValue)]
    public int RetentionMinutes { get; set; } = 10;

    /// <summary>How long to wait after a failed attempt.</summary>
    internal TimeSpan RetryDelay(int attempt)
    {
        var wait = Math.Min(LongestRetryMilliseconds, RetryMilliseconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromMilliseconds(wait * (0.75 + Random.Shared.NextDouble() / 2));
    }
}
