using System.ComponentModel.DataAnnotations;

namespace BigTech.Notifications;

/// <summary>Section <c>Notifications</c>.</summary>
internal sealed class NotificationsOptions
{
    /// <summary>Writes that may wait for the store; beyond, callers get 503.</summary>
    [Range(1, 1_000_000)]
    public int WriterQueue { get; set; } = 4096;
}
