using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Presence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>The body of <c>PUT /online-status/me</c>.</summary>
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
