using System.Text.Json;

namespace BigTech.Tests.EndToEnd;

/// <summary>The contract's JSON: <c>snake_case</c>, every named field present, null only where it is allowed.</summary>
public static class Wire
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static T Read<T>(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, Json) ?? throw new JsonException("null");
        }
        catch (JsonException reason)
        {
            throw new ShouldAssertException($"Not a {typeof(T).Name}: {reason.Message}\n{text}");
        }
    }

    public static string Write(object value) => JsonSerializer.Serialize(value, Json);
}

public sealed record Problem(
    string Type, string Title, int Status, string Detail, string Code, string TraceId, Dictionary<string, string[]>? Errors = null);

public sealed record Account(
    long Id, string Email, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The public profile of a user.</summary>
public sealed record Profile(long Id, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl);

public sealed record Tokens(string AccessToken, string RefreshToken, string TokenType, int ExpiresIn, long UserId);

public sealed record StreamTicket(string Ticket, int ExpiresIn);

public sealed record Member(
    long UserId, string Username, string DisplayName, string Role, long ReadSeq, DateTimeOffset JoinedAt);

public sealed record Room(
    long Id, string? Name, string RoomType, Member[] Members, int MemberCount, Message? LastMessage, long UnreadCount, long LastSeq,
    long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public Member Of(User user) => Members.Single(member => member.UserId == user.Id);
}

public sealed record RoomList(Room[] Rooms, JsonElement? NextCursor, int TotalCount);

public sealed record Message(
    string Id, long RoomId, long Seq, long Version, long UserId, string Username, string? Content, string MessageType, string? ReplyTo,
    JsonElement? Attachment, JsonElement[] Reactions, bool IsEdited, DateTimeOffset? EditedAt, bool IsDeleted, DateTimeOffset? DeletedAt,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int ReadByCount, int UnreadByCount, string? ClientMessageId);

public sealed record Reaction(string Emoji, int Count, long[] UserIds);

public sealed record InviteLink(
    long Id, string Code, long RoomId, long CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long? MaxUses, long Uses);

public sealed record InviteLinks(
    [property: System.Text.Json.Serialization.JsonPropertyName("invite_links")] InviteLink[] Links);

public sealed record Pin(Message Message, long PinnedBy, DateTimeOffset PinnedAt);

public sealed record PinsOfRoom(Pin[] Pins, long Version)
{
    public string[] Ids => [.. Pins.Select(pin => pin.Message.Id)];
}

public sealed record History(
    Message[] Messages, long TotalCount, bool HasMore, JsonElement? NextCursor, long Version, string LastEventId)
{
    public long[] Seqs => [.. Messages.Select(message => message.Seq)];
}

public sealed record MessageChange(long RoomId, long Version, Message Message);

public sealed record TypingSign(long RoomId, long Version, long UserId, string Username, bool IsTyping, DateTimeOffset? ExpiresAt);

public sealed record ReactionChange(long RoomId, long Version, string MessageId, long Seq, long UserId, string Emoji, string Change);

public sealed record ReadChange(long RoomId, long Version, long UserId, long ReadSeq, string? MessageId);

public sealed record Unread(long RoomId, long UnreadCount);

public sealed record ReadPosition(long RoomId, long ReadSeq, long UnreadCount);

public sealed record Found(Profile[] Users, int TotalCount, JsonElement? NextCursor);
