using System.Buffers;
using System.Text.Json;
using BigTech.Chat.Domain;
using BigTech.Contracts.Chat;

namespace BigTech.Chat.Features;

/// <summary>Converts the domain's messages to what clients see.</summary>
internal static class MessageViews
{
    public static MessageView Of(Message message, ReadPositions positions, string username) =>
        Of(message, positions.Of(message.Seq, message.UserId), username);

    /// <summary>A message that was sent just now: only its author can have read it.</summary>
    public static MessageView OfNew(Message message, Room room, string username) =>
        Of(message, (0, room.Members.Count - (room.HasMember(message.UserId) ? 1 : 0)), username);

    private static MessageView Of(Message message, (int Read, int Unread) counts, string username) => new MessageView(
            message.Id, message.RoomId, message.Seq, message.Version, message.UserId, username, message.Content, message.Type, message.ReplyTo,
            null, Reactions(message), message.EditedAt is not null, message.EditedAt, message.IsDeleted, message.DeletedAt, message.CreatedAt,
            message.DeletedAt ?? message.EditedAt ?? message.CreatedAt, counts.Read, counts.Unread, message.ClientMessageId);

    private static IReadOnlyList<ReactionView> Reactions(Message message) => message.Reactions.IsEmpty
        ? []
        : [.. message.Reactions.Select(reaction => new ReactionView(reaction.Emoji, reaction.UserIds.Count, reaction.UserIds))];
}

/// <summary>A message as the bytes that events, streams and responses share.</summary>
/// <param name="Data">The JSON of <c>{room_id, version, message}</c>.</param>
/// <param name="MessageStart">Where the message itself begins; it ends one byte before the end of the data.</param>
/// <param name="BodyLength">How many bytes of the message stay the same until it is changed.</param>
internal sealed record RenderedMessage(byte[] Data, int MessageStart, int BodyLength)
{
    public ReadOnlyMemory<byte> Message => Data.AsMemory(MessageStart..^1);

    /// <summary>What the store keeps of the message: the bytes that stay the same, as JSON of its own.</summary>
    public byte[] Body => [.. Data.AsSpan(MessageStart, BodyLength), (byte)'}'];

    public static RenderedMessage Of(long roomId, long version, MessageView view)
    {
        // All three message events have this shape.
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, MessageJson.Options);
        json.WriteStartObject();
        json.WriteNumber("room_id"u8, roomId);
        json.WriteNumber("version"u8, version);
        json.WritePropertyName("message"u8);
        json.Flush();
        var messageStart = buffer.WrittenCount;
        var bodyLength = MessageJson.Write(json, view);
        json.WriteEndObject();
        json.Flush();
        return new RenderedMessage(buffer.WrittenSpan.ToArray(), messageStart, bodyLength);
    }
}
