using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary><c>GET /users/me/privacy</c></summary>
internal static class GetMyPrivacy
{
    public static async Task<Ok<PrivacyView>> Handle(Caller caller, UserRepository users, CancellationToken ct) =>
        TypedResults.Ok(PrivacyView.From(await users.FindPrivacy(caller.UserId, ct)));
}
