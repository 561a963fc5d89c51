using BigTech.Chat.Streaming;

namespace BigTech.Chat.Features;

/// <summary>Who has these rooms before his eyes, as far as one replica knows.</summary>
internal sealed record RoomViewersQuestion(long[] RoomIds);

/// <summary>The viewers of a room that somebody has open.</summary>
internal sealed record RoomViewersAnswer(long RoomId, long[] UserIds);

/// <summary>What other services ask of this context: the wire of the interface that it declares in Contracts.</summary>
internal static class ChatInternalEndpoints
{
    public const string RoomViewersPath = "/internal/room-viewers";

    public static RoomViewersAnswer[] FindRoomViewers(RoomViewersQuestion question, RoomHub hub) =>
        [.. from room in question.RoomIds let viewers = hub.ViewersOf(room) where viewers is not null select new RoomViewersAnswer(room, [.. viewers])];
}
