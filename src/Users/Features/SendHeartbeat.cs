using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Presence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary><c>POST /online-status/heartbeat</c>: keeps a client without an open stream online.</summary>
internal static class SendHeartbeat
{
    public static async Task<NoContent> Handle(Caller caller, IPresenceService online)
    {
        await online.Heartbeat(caller.UserId, caller.SessionId);
        return TypedResults.NoContent();
    }
}
