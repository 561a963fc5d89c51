using System.Text.Json.Serialization;
using BigTech.Contracts.Json;
using BigTech.Friends.Views;

namespace BigTech.Friends.Features;

/// <summary>The JSON of this context's requests and responses, generated at build time.</summary>
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
[JsonSerializable(typeof(FindFriendsQuestion))]
[JsonSerializable(typeof(long[]))]
internal sealed partial class FriendsJson : JsonSerializerContext;
