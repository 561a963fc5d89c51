using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Presence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Users.Features;

/// <summary><c>GET /online-status/{user_id}</c></summary>
internal static class GetOnlineStatus
{
    public static async Task<Ok<OnlineStatusView>> Handle(
        [FromRoute(Name = "user_id")] long userId, Caller caller, PresenceStore presence, CancellationToken ct)
    {
        var snapshot = await presence.Find(caller.UserId, [userId], ct);
        return snapshot.Statuses is [var status]
            ? TypedResults.Ok(OnlineStatusView.From(status, snapshot.Own))
            : throw AccountErrors.UserNotFound();
    }
}
