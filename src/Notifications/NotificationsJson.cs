using System.Text.Json.Serialization;
using BigTech.Notifications.Features;

namespace BigTech.Notifications;

/// <summary>The JSON of this context's requests and answers, generated at build time; the host's options decide how it looks.</summary>
[JsonSerializable(typeof(NotificationPage))]
[JsonSerializable(typeof(UnreadCount))]
[JsonSerializable(typeof(ReadRequest))]
[JsonSerializable(typeof(ReadAnswer))]
internal sealed partial class NotificationsJson : JsonSerializerContext;
