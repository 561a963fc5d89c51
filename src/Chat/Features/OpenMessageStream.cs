using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Storage;
using BigTech.Chat.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>GET /messages/stream/{room_id}</c> and <c>GET /messages/stream</c>: live changes as Server-Sent Events.</summary>
internal static class OpenMessageStream
{
    public static async Task OfRoom(
        [FromRoute(Name = "room_id")] long roomId, HttpContext http, Caller caller, RoomAccess access,
        [AsParameters] StreamServices streams, CancellationToken ct)
    {
        await access.Enter(roomId, caller, ct);
        await new RoomStream(http, caller, roomId, http.LastEventId(), streams).Run();
    }

    public static Task OfUser(HttpContext http, Caller caller, [AsParameters] StreamServices streams) =>
        new UserStream(http, caller, http.LastEventId(), streams).Run();
}
