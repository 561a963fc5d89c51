using BigTech.Chat.Streaming;

namespace BigTech.Chat.Features;

/// <summary>Asks one replica for the users who are viewing these rooms.</summary>
internal sealed record RoomViewersQuestion(long[] RoomIds);

/// <summary>The viewers of a room that has any.</summary>
internal sealed record RoomViewersAnswer(long RoomId, long[] UserIds);

/// <summary>The endpoints for other services: the HTTP form of the interface that this context declares in Contracts.</summary>
internal static class ChatInternalEndpoints
{
    public const string RoomViewersPath = "/internal/room-viewers";

    public static RoomViewersAnswer[] FindRoomViewers(RoomViewersQuestion question, RoomHub hub) =>
        [.. from room in question.RoomIds let viewers = hub.ViewersOf(room) where viewers is not null select new RoomViewersAnswer(room,
            [.. viewers])];
}
