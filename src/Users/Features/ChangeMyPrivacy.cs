using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>The settings to change; what is left out stays.</summary>
/// <param name="WhoMayMessage">Who may begin a 1:1 room with the caller.</param>
/// <param name="WhoMayAddToGroups">Who may add the caller to groups.</param>
/// <param name="FindableByEmail">Whether a search for the whole e-mail address finds the caller.</param>
/// <remarks>Unknown fields are refused: a misspelt one would leave open what its user believes to be closed.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ChangePrivacyRequest(
    [property: AllowedValues(PrivacyWireNames.Everyone, PrivacyWireNames.Friends)] string? WhoMayMessage = null,
    [property: AllowedValues(PrivacyWireNames.Everyone, PrivacyWireNames.Friends)] string? WhoMayAddToGroups = null,
    bool? FindableByEmail = null) : IHasExample
{
    public static object Example => new ChangePrivacyRequest("friends", "friends", FindableByEmail: false);
}

/// <summary><c>PUT /users/me/privacy</c></summary>
internal static class ChangeMyPrivacy
{
    public static async Task<Ok<PrivacyView>> Handle(ChangePrivacyRequest body, Caller caller, UserRepository users, TimeProvider time)
    {
        var errors = new ValidationErrors();
        var message = ReadAudience(body.WhoMayMessage, "who_may_message", errors);
        var groups = ReadAudience(body.WhoMayAddToGroups, "who_may_add_to_groups", errors);
        errors.ThrowIfAny();
        var changed = await users.ChangePrivacy(
            caller.UserId, privacy => privacy.With(message, groups, body.FindableByEmail, time.GetDbNow()));
        return TypedResults.Ok(PrivacyView.From(changed ?? throw AccountErrors.UserNotFound()));
    }

    private static Audience? ReadAudience(string? name, string field, ValidationErrors errors)
    {
        if (name is null) return null;
        var audience = PrivacyWireNames.AudienceOf(name);
        errors.Check(audience is not null, field, "Must be everyone or friends.");
        return audience;
    }
}
