using System.ComponentModel.DataAnnotations;

namespace BigTech.Notifications;

/// <summary>Section <c>Notifications</c>.</summary>
internal sealed class NotificationsOptions
{
    /// <summary>Maximum number of writes that wait for the store; above it, callers get 503.</summary>
    [Range(1, 1_000_000)]
    public int WriterQueue { get; set; } = 4096;

    /// <summary>Where notifications are stored: <c>sql</c>, with all other data, or <c>mongo</c> (section <c>Mongo</c>).</summary>
    [AllowedValues("sql", "mongo", ErrorMessage = "Store must be sql or mongo.")]
    public string Store { get; set; } = "sql";

    /// <summary>
    /// The time span of messages that are handled together while messages keep arriving. The first one after a pause is not delayed.
    /// </summary>
    [Range(0, 60_000)]
    public int CollapseMilliseconds { get; set; } = 300;

    /// <summary>How long a message event waits for earlier events of its room.</summary>
    [Range(1, 86_400)]
    public int HoldSeconds { get; set; } = 10;

    /// <summary>Read notifications of this age are deleted.</summary>
    [Range(1, 36_500)]
    public int RetentionDays { get; set; } = 90;

    /// <summary>Maximum number of notifications per user; above it, the oldest are deleted, read or not.</summary>
    [Range(10, 10_000)]
    public int MaxPerUser { get; set; } = 1000;
}
