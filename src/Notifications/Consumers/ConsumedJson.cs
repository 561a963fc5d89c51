using System.Text.Json.Serialization;
using BigTech.Contracts.Json;

namespace BigTech.Notifications.Consumers;

/// <summary>The JSON of events of which only a part is read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(RoomVersion))]
[JsonSerializable(typeof(MessageSentJson))]
internal sealed partial class ConsumedJson : JsonSerializerContext;
