using System.Text.Json.Serialization;

namespace BigTech.Users.Features;

/// <summary>The JSON of this context's requests and responses, generated at build time; the host's options decide how it looks.</summary>
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(ChangePasswordRequest))]
[JsonSerializable(typeof(UserBatchRequest))]
[JsonSerializable(typeof(ReplaceProfileRequest))]
[JsonSerializable(typeof(ChangeProfileRequest))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(SessionsResponse))]
[JsonSerializable(typeof(StreamTicketResponse))]
[JsonSerializable(typeof(UserResponse))]
[JsonSerializable(typeof(UsersResponse))]
[JsonSerializable(typeof(UserExistsResponse))]
[JsonSerializable(typeof(SearchResponse))]
internal sealed partial class UsersJson : JsonSerializerContext;
