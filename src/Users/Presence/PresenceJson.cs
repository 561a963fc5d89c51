using System.Text.Json.Serialization;
using BigTech.Contracts.Json;
using BigTech.Contracts.Users;

namespace BigTech.Users.Presence;

/// <summary>The JSON of stream events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(OnlineStatus))]
internal sealed partial class PresenceJson : JsonSerializerContext
{
    // Created late: the generated half of this class must be initialized first.
    private static readonly Lazy<PresenceJson> WireInstance = new(CreateWire);

    /// <summary>The context for bytes that are sent unchanged.</summary>
    public static PresenceJson Wire => WireInstance.Value;

    private static PresenceJson CreateWire() => new(WireOptions.From(Default));
}
