using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>A change of the caller's password.</summary>
/// <param name="OldPassword">The password until now; required, by this name or as <c>current_password</c>.</param>
/// <param name="CurrentPassword">Another name of <c>old_password</c>.</param>
/// <param name="NewPassword">
/// Required: 8 to 128 characters with a letter and a digit, another password than the old one; commonly used ones, and those made of the
/// account's names, are refused.
/// </param>
internal sealed record ChangePasswordRequest(
    string? OldPassword = null, string? CurrentPassword = null,
    [property: StringLength(Domain.Password.MaxLength, MinimumLength = Domain.Password.ShortestLength)] string? NewPassword = null)
    : IHasExample
{
    public static object Example => new ChangePasswordRequest(OldPassword: "correct-horse-1", NewPassword: "battery-staple-2");
}

internal static class ChangePassword
{
    public static async Task<NoContent> Handle(
        ChangePasswordRequest body, Caller caller, ClientInfo client, HttpResponse response, [AsParameters] SignInServices signIn,
        CancellationToken ct)
    {
        var user = await signIn.Users.Find(caller.UserId, ct) ?? throw AccountErrors.UserNotFound();
        var errors = new ValidationErrors();
        var (sent, field) = errors.TakeAlias("old_password", body.OldPassword, "current_password", body.CurrentPassword);
        var old = Password.Normalize(errors.TakeRequired(field, sent));
        var next = errors.Take("new_password", Password.Parse(body.NewPassword, user.Email, user.Username, user.Profile.DisplayName));
        errors.Check(next is null || next.Value != old, "new_password", "Must differ from the old password.");
        errors.ThrowIfAny();

        signIn.Tokens.ThrowIfNotRevocable();
        // A stolen access token must not allow password guessing, and failed sign-ins of others must not be in the way of the owner.
        var session = AccessTokens.SessionOf(caller);
        var attempt = Attempt.OfPasswordChange(user.Id, session);
        var check = await signIn.Limits.Check(
            response, client, attempt, () => signIn.Passwords.Check(user.PasswordHash, old, attempt, client.Network, ct, next), ct);
        if (!check.IsRight) throw AccountErrors.WrongPassword();
        var ended = await signIn.Sessions.ChangePassword(
            user.Id, user.PasswordHash, check.BetterHash!, session, signIn.Time.GetDbNow(),
            work =>
            {
                AddressRepository.EndOpenChanges(work, user);
                signIn.Outbox.Add(work, MailKind.PasswordChanged, user.Email.Value, MailSubject.Of(user), client.Language);
            })
            ?? throw AccountErrors.PasswordChanged();
        await signIn.Tokens.Revoke(user.Id, ended);
        return TypedResults.NoContent();
    }
}
