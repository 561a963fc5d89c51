using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>Whether there is a user.</summary>
/// <param name="UserId">The id that was asked for.</param>
/// <param name="Exists">Whether a user has this id.</param>
internal sealed record UserExistsResponse(long UserId, bool Exists);

internal static class CheckUserExists
{
    public static async Task<Ok<UserExistsResponse>> Handle(long id, UserRepository users, CancellationToken ct) =>
        TypedResults.Ok(new UserExistsResponse(id, await users.Exists(id, ct)));
}
