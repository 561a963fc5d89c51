using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BigTech.Contracts;
using BigTech.Contracts.Users;

namespace BigTech.Users.Features;

/// <summary>The JSON of this context's requests, responses and stream events, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
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
[JsonSerializable(typeof(OnlineStatusView))]
[JsonSerializable(typeof(OnlineStatusesView))]
[JsonSerializable(typeof(VisibilityRequest))]
[JsonSerializable(typeof(OnlineStatus))]
[JsonSerializable(typeof(FindUsersQuestion))]
[JsonSerializable(typeof(FindAmongQuestion))]
[JsonSerializable(typeof(PresenceQuestion))]
[JsonSerializable(typeof(UserSummary[]))]
[JsonSerializable(typeof(UserMatch[]))]
[JsonSerializable(typeof(OnlineStatus[]))]
internal sealed partial class UsersJson : JsonSerializerContext
{
    /// <summary>The context for bytes that are sent unchanged.</summary>
    public static UsersJson Wire => WireContext.Instance;

    // A separate class, because the generated half of this class must be initialized first.
    private static class WireContext
    {
        public static readonly UsersJson Instance = new(
            new JsonSerializerOptions(Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
