using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

internal static class GetMyProfile
{
    public static async Task<Ok<UserResponse>> Handle(Caller caller, UserRepository users, CancellationToken ct) =>
        TypedResults.Ok(UserResponse.Own(await users.Find(caller.UserId, ct)));
}
