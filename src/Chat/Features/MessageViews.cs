using System.Text.Json;
using BigTech.Chat.Domain;
using BigTech.Contracts;
using BigTech.Contracts.Chat;

namespace BigTech.Chat.Features;

/// <summary>From the domain's messages to what clients see.</summary>
internal static class MessageViews
{
    public static MessageView Of(Message message, ReadPositions positions, string username) =>
        Of(message, positions.Of(message.Seq, message.UserId), username);

    /// <summary>A message that was sent just now: nobody but its author can have read it.</summary>
    public static MessageView OfNew(Message message, Room room, string username) =>
        Of(message, (0, room.Members.Count - (room.HasMember(message.UserId) ? 1 : 0)), username);

    private static MessageView Of(Message message, (int Read, int Unread) counts, string username) => new MessageView(
            message.Id, message.RoomId, message.Seq, message.Version, message.UserId, username, message.Content, message.Type, message.ReplyTo,
            null, [], message.EditedAt is not null, message.EditedAt, message.IsDeleted, message.DeletedAt, message.CreatedAt,
            message.DeletedAt ?? message.EditedAt ?? message.CreatedAt, counts.Read, counts.Unread, message.ClientMessageId);
}

/// <summary>A message as the bytes that events, streams and answers share.</summary>
/// <param name="Data">The JSON of <c>{room_id, version, message}</c>.</param>
/// <param name="MessageStart">Where the message itself begins; it ends one byte before the end.</param>
internal sealed record RenderedMessage(byte[] Data, int MessageStart)
{
    private static ReadOnlySpan<byte> MessageName => "\"message\":"u8;

    public ReadOnlyMemory<byte> Message => Data.AsMemory(MessageStart..^1);

    public static RenderedMessage Of(long roomId, long version, MessageView view)
    {
        // The three message events have one shape.
        var data = JsonSerializer.SerializeToUtf8Bytes(new MessageSent(roomId, version, view), EventJson.Wire.MessageSent);
        return new RenderedMessage(data, data.AsSpan().IndexOf(MessageName) + MessageName.Length);
    }
}
