using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Chat.Domain;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;

namespace BigTech.Chat.Messages;

/// <summary>A message is new or has changed: store it by its id, and overwrite.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Version">The room's change counter after it.</param>
/// <param name="Message">The whole message, as of that moment.</param>
internal sealed record MessageEvent(long RoomId, long Version, MessageView Message);

/// <summary>A member has joined, left or got another role.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Version">The room's change counter after it.</param>
/// <param name="UserId">The id of the user.</param>
/// <param name="Username">The unique name: 3 to 50 letters, digits and underscores.</param>
/// <param name="Change">What has happened.</param>
/// <param name="Role">The role from now on; null for a user who left.</param>
internal sealed record MemberEvent(
    long RoomId, long Version, long UserId, string Username,
    [property: AllowedValues(RoomEvents.Joined, RoomEvents.Left, RoomEvents.RoleChanged)] string Change,
    [property: AllowedValues(ChatWireNames.Owner, ChatWireNames.Admin, ChatWireNames.Member)] string? Role);

/// <summary>The room has another name or other pins, or is new to the caller.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Version">The room's change counter after it; of a new room the one before the changes that follow.</param>
/// <param name="Room">The room as it is now.</param>
internal sealed record RoomEvent(long RoomId, long Version, RoomInfo Room);

/// <summary>What a stream says of a room.</summary>
/// <param name="Id">The id of the room in all requests.</param>
/// <param name="RoomType"><c>direct</c>: a room of two. <c>group</c>: a group of up to 1,000.</param>
/// <param name="Name">The name of a group; null without one, and for a 1:1 room, which is called by the other user's name.</param>
/// <param name="MemberCount">How many members it has.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When its name or its members last changed.</param>
internal sealed record RoomInfo(
    long Id, [property: AllowedValues(ChatWireNames.Group, ChatWireNames.Direct)] string RoomType, string? Name, int MemberCount,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The stream events without a message.</summary>
internal static class RoomEvents
{
    public const string Joined = "joined";
    public const string Left = "left";
    public const string RoleChanged = "role";

    public static StreamEvent Read(long roomId, long version, long userId, long readSeq, string messageId) => StreamEvent.Create(
        roomId, version, StreamEventNames.Read,
        JsonSerializer.SerializeToUtf8Bytes(new MessagesRead(roomId, version, userId, readSeq, messageId), EventJson.Wire.MessagesRead));

    /// <param name="change">One of <see cref="Joined"/>, <see cref="Left"/> and <see cref="RoleChanged"/>.</param>
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
                room.Id, ChatWireNames.NameOf(room.Type), room.Name, room.Members.Count, room.CreatedAt, room.UpdatedAt)),
            StreamJson.Wire.RoomEvent));
}
