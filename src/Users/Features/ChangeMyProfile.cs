using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>The fields to change. A null status clears it; an omitted one stays.</summary>
internal sealed class ChangeProfileRequest : IHasExample
{
    private string? _statusMessage;

    public static object Example => new ChangeProfileRequest { StatusMessage = "On the wall until six" };

    /// <summary>The name to show, at most 100 characters.</summary>
    [MaxLength(Domain.DisplayName.MaxLength)]
    public string? DisplayName { get; set; }

    /// <summary>What the user says about themselves, at most 500 characters; null or empty for nothing.</summary>
    [MaxLength(Domain.StatusMessage.MaxLength)]
    public string? StatusMessage
    {
        get => _statusMessage;
        set
        {
            _statusMessage = value;
            HasStatus = true;
        }
    }

    /// <summary>Whether the request contains the status: only then its value counts, including null.</summary>
    [JsonIgnore]
    public bool HasStatus { get; private set; }
}

internal static class ChangeMyProfile
{
    public static async Task<Ok<UserResponse>> Handle(ChangeProfileRequest body, Caller caller, UserRepository users, TimeProvider time)
    {
        var errors = new ValidationErrors();
        var name = ProfileFields.ReadName(body.DisplayName, errors);
        var status = ProfileFields.ReadStatus(body.StatusMessage, errors);
        errors.ThrowIfAny();
        return TypedResults.Ok(UserResponse.Own(await users.ChangeProfile(caller.UserId, user => user.With(
            user.Profile with { DisplayName = name ?? user.Profile.DisplayName, Status = body.HasStatus ? status : user.Profile.Status },
            time.GetDbNow()))));
    }
}
