using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Passwords;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>A new account.</summary>
/// <param name="Email">A valid address of at most 255 characters, unique without regard to case.</param>
/// <param name="Username">3 to 50 letters, digits and underscores, unique without regard to case.</param>
/// <param name="Password">
/// 8 to 128 characters with a letter and a digit; commonly used ones, and those made of the account's names, are refused.
/// </param>
/// <param name="DisplayName">The name to show, at most 100 characters; the username without one.</param>
internal sealed record RegisterRequest(
    [property: MaxLength(Domain.EmailAddress.MaxLength)] string? Email,
    [property: StringLength(Domain.Username.MaxLength, MinimumLength = Domain.Username.ShortestLength)]
    [property: RegularExpression(Domain.Username.Pattern)]
    string? Username,
    [property: StringLength(Domain.Password.MaxLength, MinimumLength = Domain.Password.ShortestLength)] string? Password,
    [property: MaxLength(Domain.DisplayName.MaxLength)] string? DisplayName = null) : IHasExample
{
    public static object Example => new RegisterRequest("minji@example.com", "minji", "correct-horse-1", "민지");
}

internal static class Register
{
    /// <remarks>
    /// Where addresses must be verified, the answer is the same whether or not the address has an account, and so is what is stored: the
    /// account exists when the mail is answered.
    /// </remarks>
    public static async Task<Results<Created<UserResponse>, Accepted>> Handle(
        RegisterRequest body, ClientInfo client, HttpResponse response, [AsParameters] RegistrationServices services, CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var email = errors.Take("email", EmailAddress.Parse(body.Email));
        var username = errors.Take("username", Username.Parse(body.Username));
        var displayName = TextValidation.IsBlank(body.DisplayName)
            ? null
            : errors.Take("display_name", DisplayName.Parse(body.DisplayName));
        var password = errors.Take("password", Password.Parse(body.Password, email, username, displayName));
        errors.ThrowIfAny();

        return await services.Limits.SignUp<Results<Created<UserResponse>, Accepted>>(
            response, client,
            async () => services.Options.RequireVerifiedEmail
                ? await Reserve(email, username, displayName, password, client, services, ct)
                : await Add(email, username, displayName, password, client, services, ct),
            ct);
    }

    private static async Task<Created<UserResponse>> Add(
        EmailAddress email, Username username, DisplayName? displayName, Password password, ClientInfo client,
        RegistrationServices services, CancellationToken ct)
    {
        ThrowIfTaken(await services.Users.FindTaken(email, username, ct));
        var hash = await services.Passwords.Hash(password, HashKind.SignUp, client.Network, ct);
        var mayMail = await services.Limits.MayMail(MailCause.SignUp, client, email, ct);
        var (added, taken) = await services.Users.Add(
            User.Register(email, username, displayName, hash, services.Time.GetDbNow()), (work, user) =>
            {
                if (mayMail) services.Outbox.Add(work, MailKind.Verification, user.Email.Value, MailSubject.Of(user), client.Language);
            });
        ThrowIfTaken(taken);
        SignUpMonitor.CountRegistered();
        return TypedResults.Created($"/users/{added!.Id}", UserResponse.Own(added));
    }

    private static async Task<Accepted> Reserve(
        EmailAddress email, Username username, DisplayName? displayName, Password password, ClientInfo client,
        RegistrationServices services, CancellationToken ct)
    {
        if (await services.Addresses.IsTaken(email, username, ct)) throw AccountErrors.UsernameTaken();
        var hash = await services.Passwords.Hash(password, HashKind.SignUp, client.Network, ct);
        if (!await services.Limits.MayMail(MailCause.SignUp, client, email, ct))
        {
            // The answer must not tell that others have asked for this address. Their codes go on to work, each with its password.
            await services.Addresses.Contest(email);
            return TypedResults.Accepted((string?)null);
        }
        var expiresAt = services.Time.GetDbNow() + MailRules.VerificationLife;
        if (!await services.Addresses.Register(new Registration(email, username, hash, displayName, expiresAt), client.Language))
        {
            throw AccountErrors.UsernameTaken();
        }
        return TypedResults.Accepted((string?)null);
    }

    private static void ThrowIfTaken(Taken taken)
    {
        if (taken == Taken.Email) throw AccountErrors.EmailTaken();
        if (taken == Taken.Username) throw AccountErrors.UsernameTaken();
    }
}

/// <summary>What a registration needs, as one parameter.</summary>
internal readonly record struct RegistrationServices(
    UserRepository Users, AddressRepository Addresses, MailOutbox Outbox, PasswordVerifier Passwords, AccountLimits Limits,
    UsersOptions Options, TimeProvider Time);
