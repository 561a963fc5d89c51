using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Presence;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary><c>GET /online-status/stream</c>: changes for the caller, as Server-Sent Events.</summary>
internal static class OpenPresenceStream
{
    public static Task Handle(HttpContext http, Caller caller, PresenceStore presence, PresenceHub hub, StreamRegistry registry) =>
        new PresenceStream(http, caller, presence, hub, registry).Run();
}
