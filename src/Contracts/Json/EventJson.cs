using System.Text.Json;
using System.Text.Json.Serialization;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Friends;
using BigTech.Contracts.Notifications;
using BigTech.Contracts.Users;

namespace BigTech.Contracts.Json;

/// <summary>The JSON form of every integration event: <c>snake_case</c>, RFC 3339 times, nulls written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(UserRegistered))]
[JsonSerializable(typeof(UserProfileUpdated))]
[JsonSerializable(typeof(UserOnlineStatusChanged))]
[JsonSerializable(typeof(FriendRequestSent))]
[JsonSerializable(typeof(FriendRequestAccepted))]
[JsonSerializable(typeof(FriendRequestRejected))]
[JsonSerializable(typeof(FriendRequestCancelled))]
[JsonSerializable(typeof(FriendDeleted))]
[JsonSerializable(typeof(UserBlocked))]
[JsonSerializable(typeof(UserUnblocked))]
[JsonSerializable(typeof(ChatRoomCreated))]
[JsonSerializable(typeof(ChatRoomUpdated))]
[JsonSerializable(typeof(MemberJoined))]
[JsonSerializable(typeof(MemberLeft))]
[JsonSerializable(typeof(MemberRoleChanged))]
[JsonSerializable(typeof(MessageSent))]
[JsonSerializable(typeof(MessageEdited))]
[JsonSerializable(typeof(MessageDeleted))]
[JsonSerializable(typeof(MessagesRead))]
[JsonSerializable(typeof(ReactionChanged))]
[JsonSerializable(typeof(NotificationSent))]
public sealed partial class EventJson : JsonSerializerContext
{
    // Created late: the generated half of this class must be initialized first.
    private static readonly Lazy<EventJson> WireInstance = new(CreateWire);

    /// <summary>The context for bytes that are sent unchanged.</summary>
    public static EventJson Wire => WireInstance.Value;

    /// <summary>The UTF-8 JSON of an event.</summary>
    public static byte[] Serialize<TEvent>(TEvent e) where TEvent : IIntegrationEvent =>
        JsonSerializer.SerializeToUtf8Bytes(e, typeof(TEvent), Wire);

    /// <summary>Reads an event from its JSON.</summary>
    /// <exception cref="JsonException">The bytes are not such an event.</exception>
    public static TEvent Deserialize<TEvent>(ReadOnlySpan<byte> json) where TEvent : IIntegrationEvent =>
        (TEvent?)JsonSerializer.Deserialize(json, typeof(TEvent), Wire) ?? throw new JsonException("The event is null.");

    private static EventJson CreateWire() => new(WireOptions.From(Default));
}
