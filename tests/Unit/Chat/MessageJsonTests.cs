using System.Buffers;
using System.Text;
using System.Text.Json;
using BigTech.Chat.Messages;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;

namespace BigTech.Tests.Unit.Chat;

public sealed class MessageJsonTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<MessageView> Messages => new()
    {
        new MessageView(
            "01a1fdf9-6213-7c97-a17f-1c06ed2467a6", 5, 7, 9, 3, "ann", "안녕 👋 \"<b>\" \\ \n", "text", null, null, [], false, null, false,
            null,
            Noon.AddMicroseconds(651282), Noon.AddMicroseconds(1), 0, 1, null),
        new MessageView(
            "01a1fdf9-6213-7c97-a17f-1c06ed2467a6", long.MaxValue, 7, 9, 3, "ann", "", "file", "01a1fdf9-6213-7c97-a17f-1c06ed2467a7",
            new AttachmentView("f1", "보고서.pdf", "application/pdf", 1234), [new ReactionView("👍", 2, [3, 4])], true, Noon, true,
            Noon.AddHours(9),
            Noon, Noon, 998, 1, "client \"1\" 안녕\\"),
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void What_is_written_by_hand_is_what_the_serializer_writes(MessageView message)
    {
        var byHand = RenderedMessage.Create(message.RoomId, 9, message);

        byHand.Data.ShouldBe(JsonSerializer.SerializeToUtf8Bytes(new MessageSent(message.RoomId, 9, message), EventJson.Wire.MessageSent));
        byHand.Message.ToArray().ShouldBe(JsonSerializer.SerializeToUtf8Bytes(message, EventJson.Wire.MessageView));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void What_the_store_kept_is_written_as_the_whole_message_again(MessageView message)
    {
        var clientId = message.ClientMessageId is { } id ? Encoding.UTF8.GetBytes(id) : null;
        var stored = new StoredMessage(message.Seq, message.UserId, clientId, RenderedMessage.Create(message.RoomId, 9, message).Body);
        var output = new ArrayBufferWriter<byte>();

        MessageJson.Write(output, stored, (message.ReadByCount, message.UnreadByCount));

        output.WrittenSpan.ToArray().ShouldBe(JsonSerializer.SerializeToUtf8Bytes(message, EventJson.Wire.MessageView));
    }
}
