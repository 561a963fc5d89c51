using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Passwords;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>The proof that an address is the user's.</summary>
/// <param name="Token">What the mail brought; required. It works once.</param>
/// <param name="Password">
/// The password of the registration, where its address was registered more than once: 403 <c>password_required</c> asks for it.
/// </param>
internal sealed record VerifyEmailRequest(string? Token, string? Password = null) : IHasExample
{
    public static object Example => new VerifyEmailRequest("kW3mJ0xVq7nYb2sD9fGh4tRz8uLcP1eA6oXiN5jKvMw");
}

internal static class VerifyEmail
{
    public static async Task<NoContent> Handle(
        VerifyEmailRequest body, ClientInfo client, HttpResponse response, [AsParameters] VerificationServices services,
        CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var text = errors.TakeRequired("token", body.Token);
        errors.ThrowIfAny();
        await services.Limits.TakeCode(response, client, text, ct);
        var token = MailToken.Presented(text);
        var result = await services.Addresses.Verify(token, client.Language);
        if (result == Verification.PasswordRequired)
        {
            await ThrowIfWrong(body.Password, token, client, response, services, ct);
            result = await services.Addresses.Verify(token, client.Language, knowsPassword: true);
        }
        switch (result)
        {
            case Verification.Unknown: throw AccountErrors.UnknownToken();
            case Verification.EmailTaken: throw AccountErrors.EmailTaken();
            case Verification.UsernameTaken: throw AccountErrors.UsernameTaken();
            case Verification.Registered: SignUpMonitor.CountRegistered(); break;
            default: break;
        }
        return TypedResults.NoContent();
    }

    /// <summary>
    /// A stranger may have registered the address, too. Who reads its mails knows the codes of all registrations, but only the password of
    /// their own: the account that comes into being must be of one who has both.
    /// </summary>
    private static async Task ThrowIfWrong(
        string? password, MailToken token, ClientInfo client, HttpResponse response, VerificationServices services, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(password)) throw AccountErrors.PasswordRequired();
        var registration = await services.Addresses.FindRegistration(token, ct) ?? throw AccountErrors.UnknownToken();
        var attempt = Attempt.OfAnybody(registration.Email.Key, client.Network);
        var check = await services.Limits.Check(
            response, client, attempt,
            () => services.Passwords.Check(registration.PasswordHash, Password.Normalize(password), attempt, client.Network, ct), ct);
        if (!check.IsRight) throw AccountErrors.WrongPassword();
    }
}

/// <summary>What a verification needs, as one parameter.</summary>
internal readonly record struct VerificationServices(AddressRepository Addresses, PasswordVerifier Passwords, AccountLimits Limits);
