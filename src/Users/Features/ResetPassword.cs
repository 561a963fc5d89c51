using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Passwords;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>A new password in place of a forgotten one.</summary>
/// <param name="Token">What the mail brought; required. It works once.</param>
/// <param name="NewPassword">
/// Required: 8 to 128 characters with a letter and a digit; commonly used ones, and those made of the account's names, are refused.
/// </param>
internal sealed record ResetPasswordRequest(
    string? Token, [property: StringLength(Password.MaxLength, MinimumLength = Password.ShortestLength)] string? NewPassword) : IHasExample
{
    public static object Example => new ResetPasswordRequest("kW3mJ0xVq7nYb2sD9fGh4tRz8uLcP1eA6oXiN5jKvMw", "battery-staple-2");
}

internal static class ResetPassword
{
    public static async Task<NoContent> Handle(
        ResetPasswordRequest body, ClientInfo client, HttpResponse response, AddressRepository addresses,
        [AsParameters] ResetServices reset, CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var text = errors.TakeRequired("token", body.Token);
        errors.Check(!string.IsNullOrEmpty(body.NewPassword), "new_password", "Is required.");
        errors.ThrowIfAny();
        reset.Tokens.ThrowIfNotRevocable();
        await reset.Limits.TakeCode(response, client, text, ct);
        var token = MailToken.Presented(text);
        var user = await addresses.FindReset(token, ct);
        // The rules about names need the user; who has no user learns whether the others hold.
        var password = errors.Take(
            "new_password", Password.Parse(body.NewPassword, user?.Email, user?.Username, user?.Profile.DisplayName));
        errors.ThrowIfAny();
        if (user is null) throw AccountErrors.UnknownToken();

        var hash = await reset.Passwords.Hash(password, HashKind.SignIn, client.Network, ct);
        var (owner, ended) = await addresses.Reset(token, hash, client.Language) ?? throw AccountErrors.UnknownToken();
        await reset.Throttle.Succeeded(Attempt.OfAnybody(owner.Email.Key, client.Network));
        await reset.Tokens.Revoke(owner.Id, ended);
        return TypedResults.NoContent();
    }
}

/// <summary>What a reset needs, as one parameter.</summary>
internal readonly record struct ResetServices(
    PasswordVerifier Passwords, ILoginThrottle Throttle, AccessTokens Tokens, AccountLimits Limits);
