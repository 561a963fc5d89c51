using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Passwords;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>A change of the caller's e-mail address.</summary>
/// <param name="Email">The new address, of at most 255 characters; required. It counts when it is verified.</param>
/// <param name="Password">The account's password; required.</param>
internal sealed record ChangeEmailRequest([property: MaxLength(EmailAddress.MaxLength)] string? Email, string? Password) : IHasExample
{
    public static object Example => new ChangeEmailRequest("minji@example.org", "correct-horse-1");
}

internal static class ChangeEmail
{
    /// <remarks>The answer does not say whether the address has an account; a mail tells its holder.</remarks>
    public static async Task<Accepted> Handle(
        ChangeEmailRequest body, Caller caller, ClientInfo client, HttpResponse response, [AsParameters] ChangeEmailServices services,
        CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var email = errors.Take("email", EmailAddress.Parse(body.Email));
        var password = errors.TakeRequired("password", body.Password);
        errors.ThrowIfAny();
        MailRequests.ThrowIfOff(services.Outbox);
        var user = await services.Users.Find(caller.UserId, ct) ?? throw AccountErrors.UserNotFound();
        // As for a change of the password: a stolen access token must not allow guessing.
        var attempt = Attempt.OfPasswordChange(user.Id, AccessTokens.SessionOf(caller));
        var check = await services.Limits.Check(
            response, client, attempt,
            () => services.Passwords.Check(user.PasswordHash, Domain.Password.Normalize(password), attempt, client.Network, ct), ct);
        if (!check.IsRight) throw AccountErrors.WrongPassword();
        await services.Limits.TakeChange(response, user.Id, ct);
        var mayMail = await services.Limits.MayMail(MailCause.Change, client, email, ct);
        await services.Addresses.Wish(new EmailChange(user.Id, email), client.Language, mayMail);
        return TypedResults.Accepted((string?)null);
    }
}

/// <summary>What a change of address needs, as one parameter.</summary>
internal readonly record struct ChangeEmailServices(
    UserRepository Users, AddressRepository Addresses, MailOutbox Outbox, PasswordVerifier Passwords, AccountLimits Limits);
