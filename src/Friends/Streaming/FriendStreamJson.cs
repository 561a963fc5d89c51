using System.Text.Json.Serialization;
using BigTech.Contracts.Json;

namespace BigTech.Friends.Streaming;

/// <summary>The JSON of stream events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(FriendshipOpened))]
[JsonSerializable(typeof(FriendshipClosed))]
internal sealed partial class FriendStreamJson : JsonSerializerContext
{
    // Created late: the generated half of this class must be initialized first.
    private static readonly Lazy<FriendStreamJson> WireInstance = new(CreateWire);

    /// <summary>The context for bytes that are sent unchanged.</summary>
    public static FriendStreamJson Wire => WireInstance.Value;

    private static FriendStreamJson CreateWire() => new(WireOptions.From(Default));
}
