using System.Text.Json.Serialization;

namespace BigTech.Chat.Client;

// What goes over the wire and is not part of the public surface.

internal sealed record LoginBody(string Email, string Password);

internal sealed record EmailBody(string Email);

internal sealed record TokenBody(string Token, string? Password);

internal sealed record ResetBody(string Token, string NewPassword);

internal sealed record RefreshBody(string RefreshToken);

/// <summary>The answer to a sign-in or a refresh; only a sign-in brings a device token.</summary>
internal sealed record Tokens(string AccessToken, string RefreshToken, int ExpiresIn, long UserId, string? DeviceToken = null);

internal sealed record PasswordBody(string OldPassword, string NewPassword);

internal sealed record UserBatchBody(IReadOnlyList<long> UserIds);

internal sealed record UserList(IReadOnlyList<UserProfile> Users);

internal sealed record ExistsAnswer(bool Exists);

internal sealed record VisibilityBody(bool Invisible);

internal sealed record FriendRequestBody(long TargetUserId, string? Message);

internal sealed record BlockBody(long UserId);

internal sealed record CreateRoomBody(IReadOnlyList<long> ParticipantIds, string? Name, string RoomType);

internal sealed record NameBody(string Name);

internal sealed record AddMembersBody(IReadOnlyList<long> UserIds);

internal sealed record RoleBody(string Role);

internal sealed record InviteLinkBody(long? ExpiresInHours, long? MaxUses);

internal sealed record ContentBody(string Content);

internal sealed record EmojiBody(string Emoji);

internal sealed record MarkReadBody(long RoomId, IReadOnlyList<string>? MessageIds = null, string? UpToMessageId = null, bool? All = null);

internal sealed record UnreadAnswer(long UnreadCount);

internal sealed record NotificationsBody(IReadOnlyList<string>? Ids = null, bool? All = null);

/// <summary>An error of the API: RFC 9457.</summary>
internal sealed record Problem(
    string? Title, string? Detail, string? Code, string? TraceId, string? Field, IReadOnlyList<long>? UserIds,
    [property: JsonPropertyName("errors")] IReadOnlyDictionary<string, string[]>? Errors);
