using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Users.Features;

/// <summary>The users to look up.</summary>
/// <param name="UserIds">At most 100 ids.</param>
internal sealed record UserBatchRequest([property: MaxLength(Features.UserIds.Max)] IReadOnlyList<long>? UserIds) : IHasExample
{
    public static object Example => new UserBatchRequest([1, 2, 3]);
}

/// <summary>The users with the given ids: the ids are in the query, or in a body.</summary>
internal static class ListUsers
{
    public static Task<Ok<UsersResponse>> Handle(
        [FromQuery(Name = UserIds.Field)] string[] userIds, Caller caller, UserRepository users, CancellationToken ct) =>
        Find(UserIds.Parse(userIds), caller, users, ct);

    public static Task<Ok<UsersResponse>> HandleBatch(UserBatchRequest body, Caller caller, UserRepository users, CancellationToken ct) =>
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
