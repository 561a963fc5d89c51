using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary><c>GET /chat-rooms/{room_id}</c></summary>
internal static class GetRoom
{
    public static async Task<Ok<RoomView>> Handle(
        [FromRoute(Name = "room_id")] long id, Caller caller, RoomAccess access, RoomViews views, CancellationToken ct)
    {
        var room = await access.Enter(id, caller, ct);
        return TypedResults.Ok(await views.Of(room, caller.UserId, ct));
    }
}
