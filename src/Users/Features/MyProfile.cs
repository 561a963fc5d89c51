using System.Text.Json.Serialization;
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

/// <summary>The fields to change. A null status clears it; an omitted one stays.</summary>
internal sealed class ChangeProfileRequest : IHasExample
{
    private string? _statusMessage;

    public static object Example => new ChangeProfileRequest { StatusMessage = "On the wall until six" };

    public string? DisplayName { get; set; }

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

internal static class MyProfile
{
    public static async Task<Ok<UserResponse>> Get(Caller caller, UserRepository users, CancellationToken ct) =>
        Answer(await users.Find(caller.UserId, ct));

    public static async Task<Ok<UserResponse>> Replace(ReplaceProfileRequest body, Caller caller, UserRepository users, TimeProvider time)
    {
        var errors = new ValidationErrors();
        var name = ReadName(body.DisplayName, errors);
        var status = ReadStatus(body.StatusMessage, errors);
        errors.ThrowIfAny();
        return Answer(await users.ChangeProfile(caller.UserId, user => user.With(
            user.Profile with { DisplayName = name ?? DisplayName.From(user.Username), Status = status }, time.GetDbNow())));
    }

    public static async Task<Ok<UserResponse>> Change(ChangeProfileRequest body, Caller caller, UserRepository users, TimeProvider time)
    {
        var errors = new ValidationErrors();
        var name = ReadName(body.DisplayName, errors);
        var status = ReadStatus(body.StatusMessage, errors);
        errors.ThrowIfAny();
        return Answer(await users.ChangeProfile(caller.UserId, user => user.With(
            user.Profile with { DisplayName = name ?? user.Profile.DisplayName, Status = body.HasStatus ? status : user.Profile.Status },
            time.GetDbNow())));
    }

    private static DisplayName? ReadName(string? text, ValidationErrors errors) =>
        text is not null && errors.Check(!TextValidation.IsBlank(text), "display_name", "Must not be blank.")
            ? errors.Take("display_name", DisplayName.Parse(text))
            : null;

    private static StatusMessage? ReadStatus(string? text, ValidationErrors errors) =>
        TextValidation.IsBlank(text) ? null : errors.Take("status_message", StatusMessage.Parse(text));

    private static Ok<UserResponse> Answer(User? user) =>
        TypedResults.Ok(UserResponse.Own(user ?? throw AppError.NotFound("user_not_found", "There is no such user.")));
}
