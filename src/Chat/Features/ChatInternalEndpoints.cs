using BigTech.Chat.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

/// <summary>Asks one replica for the users who are viewing these rooms.</summary>
internal sealed record RoomViewersQuestion(long[] RoomIds);

/// <summary>The viewers of a room that has any.</summary>
internal sealed record RoomViewersAnswer(long RoomId, long[] UserIds);

/// <summary>
/// The endpoints for other services: the HTTP form of the interface that this context declares in Contracts. One file holds them all,
/// because they are no use cases, only the other side of the client in <c>Remote</c>.
/// </summary>
internal static class ChatInternalEndpoints
{
    public const string RoomViewersPath = "/internal/room-viewers";

    public static Ok<RoomViewersAnswer[]> HandleRoomViewers(RoomViewersQuestion question, RoomHub hub) =>
        TypedResults.Ok<RoomViewersAnswer[]>([..
            from room in question.RoomIds
            let viewers = hub.ViewersOf(room)
            where viewers is not null
            select new RoomViewersAnswer(room, [.. viewers])]);
}
