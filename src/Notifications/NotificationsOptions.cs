using System.ComponentModel.DataAnnotations;

namespace BigTech.Notifications;

/// <summary>Section <c>Notifications</c>.</summary>
internal sealed class NotificationsOptions
{
    /// <summary>Writes that may wait for the store; beyond, callers get 503.</summary>
    [Range(1, 1_000_000)]
    public int WriterQueue { get; set; } = 4096;

    /// <summary>Where notifications are: <c>sql</c>, beside all else, or <c>mongo</c> (section <c>Mongo</c>).</summary>
    [AllowedValues("sql", "mongo", ErrorMessage = "Store must be sql or mongo.")]
    public string Store { get; set; } = "sql";

    /// <summary>
    /// While messages keep coming, how much time's worth of them is taken in at once. The first after a silence does not wait.
    /// </summary>
    [Range(0, 60_000)]
    public int CollapseMilliseconds { get; set; } = 300;

    /// <summary>How long a message waits for news of its room that comes before it and is still on its way.</summary>
    [Range(1, 86_400)]
    public int HoldSeconds { get; set; } = 10;

    /// <summary>Notifications that were read this long ago are deleted.</summary>
    [Range(1, 36_500)]
    public int RetentionDays { get; set; } = 90;

    /// <summary>How many notifications of one user are kept; beyond, the oldest are deleted, read or not.</summary>
    [Range(10, 10_000)]
    public int MaxPerUser { get; set; } = 1000;
}
