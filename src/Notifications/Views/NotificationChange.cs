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

/// <summary>One change of a user's notifications, as the bytes of an event that all their streams share.</summary>
/// <param name="Version">The user's version with this change.</param>
internal sealed record NotificationChange(long Version, byte[] Frame)
{
    /// <summary>The prefix of the ids of these events.</summary>
    public const char IdName = 'n';

    public static NotificationChange Created(Notification n, long unreadCount, bool alert) =>
        Whole("notification.created", n, unreadCount, alert);

    public static NotificationChange Updated(Notification n, long unreadCount, bool alert) =>
        Whole("notification.updated", n, unreadCount, alert);

    public static NotificationChange Read(
        long userId, long version, IReadOnlyList<string> ids, DateTimeOffset readAt, long unreadCount) => Of(
        userId, version, "notification.read",
        JsonSerializer.SerializeToUtf8Bytes(new ReadEvent(version, unreadCount, ids, readAt), NotificationStreamJson.Wire.ReadEvent));

    public static NotificationChange Removed(Notification n, long unreadCount) => Of(
        n.UserId, n.Version, "notification.removed",
        JsonSerializer.SerializeToUtf8Bytes(new RemovedEvent(n.Version, unreadCount, n.Id), NotificationStreamJson.Wire.RemovedEvent));

    private static NotificationChange Whole(string name, Notification n, long unreadCount, bool alert) => Of(
        n.UserId, n.Version, name, JsonSerializer.SerializeToUtf8Bytes(
            new NotificationEvent(n.Version, unreadCount, alert, NotificationView.Of(n)), NotificationStreamJson.Wire.NotificationEvent));

    private static NotificationChange Of(long userId, long version, string name, byte[] data) =>
        new(version, SseFrame.Create(name, data, new VersionedId(IdName, userId, version).ToString()));
}
