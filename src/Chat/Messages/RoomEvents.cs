using System.Text;
using System.Text.Json;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;

namespace BigTech.Chat.Messages;

internal sealed record MemberEvent(long RoomId, long Version, long UserId, string Username, string Change, string? Role);

internal sealed record RoomEvent(long RoomId, long Version, RoomInfo Room);

internal sealed record RoomInfo(
    long Id, string RoomType, string? Name, int MemberCount, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The stream events without a message.</summary>
internal static class RoomEvents
{
    public static StreamEvent Read(long roomId, long version, long userId, long readSeq, string messageId) => StreamEvent.Create(
        roomId, version, StreamEventNames.Read,
        JsonSerializer.SerializeToUtf8Bytes(new MessagesRead(roomId, version, userId, readSeq, messageId), EventJson.Wire.MessagesRead));

    /// <param name="change"><c>joined</c>, <c>left</c> or <c>role</c>.</param>
    /// <param name="role">The role from now on; null for a user who left.</param>
    public static StreamEvent Member(long roomId, long version, long userId, string username, string change, string? role) =>
        StreamEvent.Create(
        roomId, version, StreamEventNames.Member,
        JsonSerializer.SerializeToUtf8Bytes(new MemberEvent(roomId, version, userId, username, change, role), StreamJson.Wire.MemberEvent));

    /// <summary>A group was deleted: none of it can be read any more.</summary>
    public static StreamEvent Deleted(long roomId, long version) => StreamEvent.Create(
        roomId, version, ControlEvents.Reset, Encoding.UTF8.GetBytes(ResetData("room_deleted", roomId, version, "/chat-rooms"))) with
    {
        RemovesAll = true,
    };

    /// <summary>The data of a reset that is about one room.</summary>
    public static string ResetData(string reason, long roomId, long version, string startOver) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"reason":"{{reason}}","room_id":{{roomId}},"version":{{version}},"start_over":"{{startOver}}"}""");

    /// <param name="version">The room's present version.</param>
    /// <param name="isTyping">Whether the member is still typing.</param>
    public static StreamEvent Typing(TypingSignal signal, long version, bool isTyping)
    {
        var e = new TypingEvent(signal.RoomId, version, signal.UserId, signal.Username, isTyping, isTyping ? signal.ExpiresAt : null);
        var data = JsonSerializer.SerializeToUtf8Bytes(e, StreamJson.Wire.TypingEvent);
        return StreamEvent.Create(e.RoomId, e.Version, StreamEventNames.Typing, data) with { IsEphemeral = true };
    }

    /// <summary>A room that is new to the receiver.</summary>
    /// <param name="since">The version before the first change that the receiver gets.</param>
    public static StreamEvent Introduction(Domain.Room room, long since) => Room(room, since) with { IsIntroduction = true };

    /// <summary>A room whose name or pins have changed.</summary>
    public static StreamEvent Room(Domain.Room room, long version) => StreamEvent.Create(
        room.Id, version, StreamEventNames.Room,
        JsonSerializer.SerializeToUtf8Bytes(
            new RoomEvent(room.Id, version, new RoomInfo(
                room.Id, Domain.ChatWireNames.NameOf(room.Type), room.Name, room.Members.Count, room.CreatedAt, room.UpdatedAt)),
            StreamJson.Wire.RoomEvent));
}
