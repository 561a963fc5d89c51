using System.Text.Json.Serialization;
using BigTech.Contracts.Json;

namespace BigTech.Notifications.Features;

/// <summary>The JSON of this context's requests and responses.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(NotificationPage))]
[JsonSerializable(typeof(UnreadCount))]
[JsonSerializable(typeof(ReadRequest))]
[JsonSerializable(typeof(ReadAnswer))]
[JsonSerializable(typeof(ChangePreferencesRequest))]
[JsonSerializable(typeof(PreferencesView))]
internal sealed partial class NotificationsJson : JsonSerializerContext;
