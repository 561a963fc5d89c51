using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BigTech.Contracts;
using BigTech.Notifications.Consumers;
using BigTech.Notifications.Features;
using BigTech.Notifications.Streaming;

namespace BigTech.Notifications;

/// <summary>The JSON of this context's requests, responses and stream events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(NotificationPage))]
[JsonSerializable(typeof(UnreadCount))]
[JsonSerializable(typeof(ReadRequest))]
[JsonSerializable(typeof(ReadAnswer))]
[JsonSerializable(typeof(PreferencesView))]
[JsonSerializable(typeof(NotificationEvent))]
[JsonSerializable(typeof(ReadEvent))]
[JsonSerializable(typeof(RemovedEvent))]
[JsonSerializable(typeof(RoomVersion))]
[JsonSerializable(typeof(MessageSentJson))]
internal sealed partial class NotificationsJson : JsonSerializerContext
{
    /// <summary>The context for bytes that come from the bus or are sent unchanged.</summary>
    public static NotificationsJson Wire => WireContext.Instance;

    // A separate class, because the generated half of this class must be initialized first.
    private static class WireContext
    {
        public static readonly NotificationsJson Instance = new(
            new JsonSerializerOptions(Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
