using System.Text.Json.Serialization;
using BigTech.Contracts.Json;

namespace BigTech.Chat.Features;

/// <summary>The JSON of Chat's requests and responses.</summary>
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
[JsonSerializable(typeof(RoomViewersQuestion))]
[JsonSerializable(typeof(RoomViewersAnswer[]))]
internal sealed partial class ChatJson : JsonSerializerContext;
