using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Users.Features;

internal sealed record UserBatchRequest(IReadOnlyList<long>? UserIds) : IHasExample
{
    public static object Example => new UserBatchRequest([1, 2, 3]);
}

internal sealed record UserExistsResponse(long UserId, bool Exists);

/// <summary>Users by id: one, several, or only whether one exists.</summary>
internal static class FindUsers
{
    public static async Task<Ok<UserResponse>> One(long id, Caller caller, UserRepository users, CancellationToken ct)
    {
        var user = await users.Find(id, ct) ?? throw AppError.NotFound("user_not_found", "There is no such user.");
        return TypedResults.Ok(UserResponse.For(caller.UserId, user));
    }

    public static async Task<Ok<UserExistsResponse>> Exists(long id, UserRepository users, CancellationToken ct) =>
        TypedResults.Ok(new UserExistsResponse(id, await users.Exists(id, ct)));

    public static Task<Ok<UsersResponse>> Listed(
        [FromQuery(Name = UserIds.Field)] string[] userIds, Caller caller, UserRepository users, CancellationToken ct) =>
        Find(UserIds.Parse(userIds), caller, users, ct);

    public static Task<Ok<UsersResponse>> Batch(UserBatchRequest body, Caller caller, UserRepository users, CancellationToken ct) =>
        Find(body.UserIds ?? throw AppError.Invalid(UserIds.Field, "Is required."), caller, users, ct);

    /// <summary>The existing users, each once, in the order of the request.</summary>
    private static async Task<Ok<UsersResponse>> Find(IReadOnlyList<long> ids, Caller caller, UserRepository users, CancellationToken ct)
    {
        var wanted = UserIds.Distinct(ids);
        var found = (await users.Find(wanted, ct)).ToDictionary(user => user.Id);
        return TypedResults.Ok(new UsersResponse(
            wanted.Where(found.ContainsKey).Select(id => UserResponse.For(caller.UserId, found[id])).ToList()));
    }
}
