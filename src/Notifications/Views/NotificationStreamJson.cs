using System.Text.Json.Serialization;
using BigTech.Contracts.Json;

namespace BigTech.Notifications.Views;

/// <summary>The JSON of stream events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(NotificationEvent))]
[JsonSerializable(typeof(NotificationsRead))]
[JsonSerializable(typeof(NotificationRemoved))]
internal sealed partial class NotificationStreamJson : JsonSerializerContext
{
    // Created late: the generated half of this class must be initialized first.
    private static readonly Lazy<NotificationStreamJson> WireInstance = new(CreateWire);

    /// <summary>The context for bytes that are sent unchanged.</summary>
    public static NotificationStreamJson Wire => WireInstance.Value;

    private static NotificationStreamJson CreateWire() => new(WireOptions.From(Default));
}
