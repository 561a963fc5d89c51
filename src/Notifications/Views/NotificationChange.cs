using System.Text.Json;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Views;

/// <summary>A notification is new or has changed: store it by its id, and overwrite.</summary>
/// <param name="Version">The version of the user's notifications after it.</param>
/// <param name="UnreadCount">How many are unread after it.</param>
/// <param name="Alert">
/// Whether the client may alert its user: true once, when the notification is first sent; never in quiet hours, nor if it has been read
/// meanwhile.
/// </param>
/// <param name="Notification">The whole notification.</param>
internal sealed record NotificationEvent(long Version, long UnreadCount, bool Alert, NotificationView Notification);

/// <summary>Notifications were read, here or on another device.</summary>
/// <param name="Version">The version of the user's notifications after it.</param>
/// <param name="UnreadCount">How many are unread after it.</param>
/// <param name="Ids">The ids of the notifications.</param>
/// <param name="ReadAt">When; also the time of their last change.</param>
internal sealed record NotificationsRead(long Version, long UnreadCount, IReadOnlyList<string> Ids, DateTimeOffset ReadAt);

/// <summary>A notification was deleted.</summary>
/// <param name="Version">The version of the user's notifications after it.</param>
/// <param name="UnreadCount">How many are unread after it.</param>
/// <param name="Id">The id of the notification.</param>
internal sealed record NotificationRemoved(long Version, long UnreadCount, string Id);

/// <summary>The changes of a user's notifications, as events that all their streams share.</summary>
internal static class NotificationChange
{
    /// <summary>The prefix of the ids of these events.</summary>
    public const char IdName = 'n';

    public static VersionedEvent Created(Notification n, long unreadCount, bool alert) =>
        Whole(NotificationStreamEvent.CreatedName, n, unreadCount, alert);

    public static VersionedEvent Updated(Notification n, long unreadCount, bool alert) =>
        Whole(NotificationStreamEvent.UpdatedName, n, unreadCount, alert);

    public static VersionedEvent Read(long version, IReadOnlyList<string> ids, DateTimeOffset readAt, long unreadCount) =>
        VersionedEvent.Create(version, NotificationStreamEvent.ReadName, JsonSerializer.SerializeToUtf8Bytes(
            new NotificationsRead(version, unreadCount, ids, readAt), NotificationStreamJson.Wire.NotificationsRead));

    public static VersionedEvent Removed(Notification n, long unreadCount) =>
        VersionedEvent.Create(n.Version, NotificationStreamEvent.RemovedName, JsonSerializer.SerializeToUtf8Bytes(
            new NotificationRemoved(n.Version, unreadCount, n.Id), NotificationStreamJson.Wire.NotificationRemoved));

    private static VersionedEvent Whole(string name, Notification n, long unreadCount, bool alert) =>
        VersionedEvent.Create(n.Version, name, JsonSerializer.SerializeToUtf8Bytes(
            new NotificationEvent(n.Version, unreadCount, alert, NotificationView.From(n)), NotificationStreamJson.Wire.NotificationEvent));
}
