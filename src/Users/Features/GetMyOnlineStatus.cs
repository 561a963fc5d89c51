using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Presence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary><c>GET /online-status/me</c>: the caller as friends see them, and whether they are invisible.</summary>
internal static class GetMyOnlineStatus
{
    public static async Task<Ok<OnlineStatusView>> Handle(Caller caller, PresenceStore presence, CancellationToken ct)
    {
        var own = await presence.Find(caller.UserId, ct);
        return TypedResults.Ok(OnlineStatusView.Own(presence.Show(own), own));
    }
}
