using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Presence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>Whether to hide the caller's presence.</summary>
/// <param name="Invisible"><c>true</c>: to others the caller looks offline.</param>
internal sealed record VisibilityRequest(bool? Invisible) : IHasExample
{
    public static object Example => new VisibilityRequest(Invisible: true);
}

/// <summary><c>PUT /online-status/me</c></summary>
internal static class SetMyVisibility
{
    public static async Task<Ok<OnlineStatusView>> Handle(
        VisibilityRequest body, Caller caller, PresenceStore presence, IPresenceService online)
    {
        var isInvisible = body.Invisible ?? throw AppError.Invalid("invisible", "Is required.");
        var own = await online.SetInvisible(caller.UserId, isInvisible);
        return TypedResults.Ok(OnlineStatusView.Own(presence.Show(own), own));
    }
}
