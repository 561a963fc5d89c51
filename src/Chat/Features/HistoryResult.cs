using System.Buffers;
using System.Reflection;
using System.Text;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace BigTech.Chat.Features;

/// <summary>The page as JSON, written by hand: a page of fifty messages is the largest response that clients request often.</summary>
internal sealed class HistoryResult(Room room, HistorySlice slice) : IResult, IEndpointMetadataProvider
{
    private const int TypicalMessage = 512;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(HistoryPage), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext) => RenderedResult.Write(httpContext, StatusCodes.Status200OK, Render());

    private ReadOnlyMemory<byte> Render()
    {
        var output = new ArrayBufferWriter<byte>((slice.Messages.Count + 1) * TypicalMessage);
        var positions = new ReadPositions(room);
        output.Write("{\"messages\":["u8);
        for (var i = 0; i < slice.Messages.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            var message = slice.Messages[i];
            MessageJson.Write(output, message, positions.Of(message.Seq, message.UserId));
        }
        var next = slice.Next is { } seq ? $"\"{seq}\"" : "null";
        output.Write("],\"total_count\":"u8);
        var hasMore = slice.HasMore ? "true" : "false";
        var eventId = new RoomEventId(room.Id, room.Version);
        var rest = string.Create(
            CultureInfo.InvariantCulture,
            $"{room.LastSeq},\"has_more\":{hasMore},\"next_cursor\":{next},\"version\":{room.Version},\"last_event_id\":\"{eventId}\"}}");
        Encoding.ASCII.GetBytes(rest, output);
        return output.WrittenMemory;
    }
}
