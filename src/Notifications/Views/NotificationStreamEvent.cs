using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Streaming;

namespace BigTech.Notifications.Views;

/// <summary>An event of the stream of notifications. Later versions of the server have more.</summary>
internal abstract class NotificationStreamEvent : StreamEvents
{
    public const string CreatedName = "notification.created";
    public const string UpdatedName = "notification.updated";
    public const string ReadName = "notification.read";
    public const string RemovedName = "notification.removed";

    /// <summary>A notification is new.</summary>
    [JsonPropertyName(CreatedName)]
    public abstract NotificationEvent Created { get; }

    /// <summary>A notification has changed.</summary>
    [JsonPropertyName(UpdatedName)]
    public abstract NotificationEvent Updated { get; }

    /// <summary>Notifications were read, here or on another device.</summary>
    [JsonPropertyName(ReadName)]
    public abstract NotificationsRead Read { get; }

    /// <summary>A notification was deleted.</summary>
    [JsonPropertyName(RemovedName)]
    public abstract NotificationRemoved Removed { get; }
}
