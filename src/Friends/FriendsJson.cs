using System.Text.Json.Serialization;
using BigTech.Friends.Features;

namespace BigTech.Friends;

/// <summary>The JSON of this context's requests and responses, generated at build time; the host's options decide how it looks.</summary>
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
internal sealed partial class FriendsJson : JsonSerializerContext;
