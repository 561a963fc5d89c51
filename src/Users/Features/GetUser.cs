using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

internal static class GetUser
{
    public static async Task<Ok<UserResponse>> Handle(long id, Caller caller, UserRepository users, CancellationToken ct) =>
        TypedResults.Ok(UserResponse.For(caller.UserId, await users.Find(id, ct) ?? throw AccountErrors.UserNotFound()));
}
