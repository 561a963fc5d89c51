using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Storage;
using BigTech.Chat.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>GET /messages/stream/{room_id}</c>: live changes of a room as Server-Sent Events.</summary>
internal static class OpenRoomStream
{
    public static async Task Handle(
        [FromRoute(Name = "room_id")] long roomId, HttpContext http, Caller caller, RoomAccess access,
        [AsParameters] StreamServices streams, CancellationToken ct)
    {
        await access.Enter(roomId, caller, ct);
        await new RoomStream(http, caller, roomId, streams).Run();
    }
}
