using System.Text.Json.Serialization;
using BigTech.Contracts.Json;

namespace BigTech.Chat.Messages;

/// <summary>The JSON of stream events, and of the signals between replicas.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(MemberEvent))]
[JsonSerializable(typeof(RoomEvent))]
[JsonSerializable(typeof(TypingEvent))]
[JsonSerializable(typeof(TypingSignal))]
internal sealed partial class StreamJson : JsonSerializerContext
{
    // Created late: the generated half of this class must be initialized first.
    private static readonly Lazy<StreamJson> WireInstance = new(CreateWire);

    /// <summary>The context for bytes that are sent unchanged.</summary>
    public static StreamJson Wire => WireInstance.Value;

    private static StreamJson CreateWire() => new(WireOptions.From(Default));
}
