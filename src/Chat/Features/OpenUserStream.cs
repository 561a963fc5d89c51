using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Streaming;
using Microsoft.AspNetCore.Http;

namespace BigTech.Chat.Features;

/// <summary><c>GET /messages/stream</c>: live changes of all rooms of the caller as Server-Sent Events.</summary>
internal static class OpenUserStream
{
    public static Task Handle(HttpContext http, Caller caller, [AsParameters] StreamServices streams) =>
        new UserStream(http, caller, streams).Run();
}
