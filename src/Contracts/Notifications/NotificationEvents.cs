using System.Globalization;

namespace BigTech.Contracts.Notifications;

/// <summary>
/// A notification was sent to its user. Published once, when it may first reach them, and not again when it collapses more. What happens in
/// their quiet hours is published with the first change after them, if there is one.
/// </summary>
/// <param name="NotificationId">A UUIDv7.</param>
/// <param name="Kind">
/// <c>friend_request</c>, <c>friend_accepted</c>, <c>message</c>, <c>mention</c>, <c>group_invite</c> or <c>system</c>.
/// </param>
/// <param name="Title">The subject, in one line.</param>
/// <param name="Preview">The beginning of the text that a user wrote.</param>
/// <param name="ActorId">The user who caused it.</param>
public sealed record NotificationSent(
    string NotificationId, long UserId, string Kind, string Title, string? Preview, long? ActorId, long? RoomId, DateTimeOffset SentAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.notification.NotificationSent.v1";
    public static string Topic => Topics.Notification;
    string IIntegrationEvent.Key => UserId.ToString(CultureInfo.InvariantCulture);
}
