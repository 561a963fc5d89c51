using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BigTech.Contracts;
using BigTech.Friends.Features;
using BigTech.Friends.Streaming;

namespace BigTech.Friends;

/// <summary>The JSON of this context's requests, responses and stream events, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(FriendRequestBody))]
[JsonSerializable(typeof(RequestReference))]
[JsonSerializable(typeof(RequestAction))]
[JsonSerializable(typeof(BlockBody))]
[JsonSerializable(typeof(FriendshipView))]
[JsonSerializable(typeof(FriendPage))]
[JsonSerializable(typeof(OpenRequestsPage))]
[JsonSerializable(typeof(PendingRequestsPage))]
[JsonSerializable(typeof(BlockView))]
[JsonSerializable(typeof(BlockedPage))]
[JsonSerializable(typeof(FriendshipOpened))]
[JsonSerializable(typeof(FriendshipClosed))]
internal sealed partial class FriendsJson : JsonSerializerContext
{
    /// <summary>The context for bytes that are sent unchanged.</summary>
    public static FriendsJson Wire => WireContext.Instance;

    // A separate class, because the generated half of this class must be initialized first.
    private static class WireContext
    {
        public static readonly FriendsJson Instance = new(
            new JsonSerializerOptions(Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
