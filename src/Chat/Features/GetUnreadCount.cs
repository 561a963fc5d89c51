using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>What is left to read in a room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="UnreadCount">How many messages the caller has not read.</param>
internal sealed record RoomUnread(long RoomId, long UnreadCount);

/// <summary><c>GET /messages/room/{room_id}/unread-count</c></summary>
internal static class GetUnreadCount
{
    public static async Task<Ok<RoomUnread>> Handle(
        [FromRoute(Name = "room_id")] long roomId, Caller caller, RoomAccess access, ChatStore store, CancellationToken ct) =>
        TypedResults.Ok(new RoomUnread(roomId, await UnreadCounts.Of(await access.Enter(roomId, caller, ct), caller.UserId, store, ct)));
}
