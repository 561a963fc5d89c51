using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>All fields that a user can set. An omitted field is reset to its value at registration.</summary>
internal sealed record ReplaceProfileRequest(string? DisplayName = null, string? StatusMessage = null) : IHasExample
{
    public static object Example => new ReplaceProfileRequest("민지", "On the wall until six");
}

internal static class ReplaceMyProfile
{
    public static async Task<Ok<UserResponse>> Handle(ReplaceProfileRequest body, Caller caller, UserRepository users, TimeProvider time)
    {
        var errors = new ValidationErrors();
        var name = ProfileFields.ReadName(body.DisplayName, errors);
        var status = ProfileFields.ReadStatus(body.StatusMessage, errors);
        errors.ThrowIfAny();
        return TypedResults.Ok(UserResponse.Own(await users.ChangeProfile(caller.UserId, user => user.With(
            user.Profile with { DisplayName = name ?? DisplayName.From(user.Username), Status = status }, time.GetDbNow()))));
    }
}
