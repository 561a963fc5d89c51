using System.Text.Json.Serialization;
using BigTech.Contracts.Json;
using BigTech.Contracts.Users;

namespace BigTech.Users.Features;

/// <summary>The JSON of this context's requests and responses, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(LogoutRequest))]
[JsonSerializable(typeof(ChangePasswordRequest))]
[JsonSerializable(typeof(ForgotPasswordRequest))]
[JsonSerializable(typeof(ResetPasswordRequest))]
[JsonSerializable(typeof(VerifyEmailRequest))]
[JsonSerializable(typeof(ResendVerificationRequest))]
[JsonSerializable(typeof(ChangeEmailRequest))]
[JsonSerializable(typeof(UserBatchRequest))]
[JsonSerializable(typeof(ChangeProfileRequest))]
[JsonSerializable(typeof(ChangePrivacyRequest))]
[JsonSerializable(typeof(PrivacyView))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(SignInResponse))]
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
[JsonSerializable(typeof(BrowserSessionQuestion))]
[JsonSerializable(typeof(BrowserSessionAnswer))]
[JsonSerializable(typeof(UserSummary[]))]
[JsonSerializable(typeof(UserMatch[]))]
[JsonSerializable(typeof(OnlineStatus[]))]
internal sealed partial class UsersJson : JsonSerializerContext;
