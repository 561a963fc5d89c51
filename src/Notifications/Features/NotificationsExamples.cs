using BigTech.BuildingBlocks.Web.Http;

namespace BigTech.Notifications.Features;

/// <summary>A message that its receiver has not read, and when they want to be told of the next.</summary>
internal static class NotificationsExamples
{
    public static ExampleValues Values { get; } = new("""
        {
          "NotificationView.id": "01a1fdf9-6a31-7d20-9c5e-5d0c2f6b8e17", "NotificationView.kind": "message",
          "NotificationView.title": "김민지 in 점심 모임", "NotificationView.preview": "몇 시에 볼까? 👋", "NotificationView.friendship_id": null,
          "NotificationEvent.alert": true, "NotificationEvent.unread_count": 3, "NotificationsRead.unread_count": 2,
          "NotificationRemoved.unread_count": 2, "NotificationRemoved.id": "01a1fdf9-6a31-7d20-9c5e-5d0c2f6b8e17",
          "NotificationsRead.ids": ["01a1fdf9-6a31-7d20-9c5e-5d0c2f6b8e17"],
          "SseNotificationCreated.id": "n43:12", "SseNotificationUpdated.id": "n43:12", "SseNotificationRead.id": "n43:12",
          "SseNotificationRemoved.id": "n43:12",
          "NotificationPage.unread_count": 3, "NotificationPage.last_event_id": "n43:12",
          "UnreadCount.unread_count": 3, "ReadAnswer.read_count": 1, "ReadAnswer.unread_count": 2,
          "PreferencesView.kinds": {
            "message": true, "mention": true, "friend_request": true, "friend_accepted": true, "group_invite": true, "system": false
          },
          "MuteView.until": "2026-11-22T12:00:00.000000Z",
          "QuietHoursView.start": "22:30", "QuietHoursView.end": "07:00", "QuietHoursView.time_zone": "Asia/Seoul"
        }
        """);
}
