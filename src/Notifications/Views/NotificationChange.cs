using System.Text.Json;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Views;

/// <param name="Alert">
/// Whether the client may alert its user: true once, when the notification is first sent; never in quiet hours, nor if it has been read
/// meanwhile.
/// </param>
internal sealed record NotificationEvent(long Version, long UnreadCount, bool Alert, NotificationView Notification);

/// <param name="ReadAt">Also the time of their last change.</param>
internal sealed record ReadEvent(long Version, long UnreadCount, IReadOnlyList<string> Ids, DateTimeOffset ReadAt);

internal sealed record RemovedEvent(long Version, long UnreadCount, string Id);

/// <summary>The changes of a user's notifications, as events that all their streams share.</summary>
internal static class NotificationChange
{
    /// <summary>The prefix of the ids of these events.</summary>
    public const char IdName = 'n';

    public static VersionedEvent Created(Notification n, long unreadCount, bool alert) =>
        Whole("notification.created", n, unreadCount, alert);

    public static VersionedEvent Updated(Notification n, long unreadCount, bool alert) =>
        Whole("notification.updated", n, unreadCount, alert);

    public static VersionedEvent Read(long version, IReadOnlyList<string> ids, DateTimeOffset readAt, long unreadCount) =>
        VersionedEvent.Create(version, "notification.read", JsonSerializer.SerializeToUtf8Bytes(
            new ReadEvent(version, unreadCount, ids, readAt), NotificationStreamJson.Wire.ReadEvent));

    public static VersionedEvent Removed(Notification n, long unreadCount) =>
        VersionedEvent.Create(n.Version, "notification.removed", JsonSerializer.SerializeToUtf8Bytes(
            new RemovedEvent(n.Version, unreadCount, n.Id), NotificationStreamJson.Wire.RemovedEvent));

    private static VersionedEvent Whole(string name, Notification n, long unreadCount, bool alert) =>
        VersionedEvent.Create(n.Version, name, JsonSerializer.SerializeToUtf8Bytes(
            new NotificationEvent(n.Version, unreadCount, alert, NotificationView.From(n)), NotificationStreamJson.Wire.NotificationEvent));
}
