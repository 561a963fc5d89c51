using System.Buffers;
using System.Text.Json;
using BigTech.Contracts.Chat;

namespace BigTech.Chat.Messages;

/// <summary>A message as the bytes that events, streams and responses share.</summary>
/// <param name="Data">The JSON of <c>{room_id, version, message}</c>.</param>
/// <param name="MessageStart">Where the message itself begins; it ends one byte before the end of the data.</param>
/// <param name="BodyLength">How many bytes of the message stay the same until it is changed.</param>
internal sealed record RenderedMessage(byte[] Data, int MessageStart, int BodyLength)
{
    public ReadOnlyMemory<byte> Message => Data.AsMemory(MessageStart..^1);

    /// <summary>What the store keeps of the message: the bytes that stay the same, as JSON of its own.</summary>
    public byte[] Body => [.. Data.AsSpan(MessageStart, BodyLength), (byte)'}'];

    public static RenderedMessage Create(long roomId, long version, MessageView view)
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
