using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BigTech.Chat.Features;
using BigTech.Chat.Streaming;
using BigTech.Contracts;

namespace BigTech.Chat;

/// <summary>The JSON of Chat's requests, responses and stream events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(SendMessageRequest))]
[JsonSerializable(typeof(EditMessageRequest))]
[JsonSerializable(typeof(ReactionRequest))]
[JsonSerializable(typeof(MarkReadRequest))]
[JsonSerializable(typeof(CreateRoomRequest))]
[JsonSerializable(typeof(RenameRoomRequest))]
[JsonSerializable(typeof(AddMembersRequest))]
[JsonSerializable(typeof(ChangeRoleRequest))]
[JsonSerializable(typeof(InviteLinkRequest))]
[JsonSerializable(typeof(InviteLinkList))]
[JsonSerializable(typeof(RoomPage))]
[JsonSerializable(typeof(RoomView))]
[JsonSerializable(typeof(PinList))]
[JsonSerializable(typeof(HistoryPage))]
[JsonSerializable(typeof(ReadState))]
[JsonSerializable(typeof(RoomUnread))]
[JsonSerializable(typeof(MemberEvent))]
[JsonSerializable(typeof(RoomEvent))]
[JsonSerializable(typeof(TypingEvent))]
[JsonSerializable(typeof(TypingSignal))]
[JsonSerializable(typeof(RoomViewersQuestion))]
[JsonSerializable(typeof(RoomViewersAnswer[]))]
internal sealed partial class ChatJson : JsonSerializerContext
{
    /// <summary>The context for bytes that are sent without further escaping.</summary>
    public static ChatJson Wire => WireContext.Instance;

    // A separate class, because the generated half of this one must be initialized first.
    private static class WireContext
    {
        public static readonly ChatJson Instance = new(
            new JsonSerializerOptions(Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
