using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>The proof that an address is the user's.</summary>
/// <param name="Token">What the mail brought; required. It works once.</param>
internal sealed record VerifyEmailRequest(string? Token) : IHasExample
{
    public static object Example => new VerifyEmailRequest("kW3mJ0xVq7nYb2sD9fGh4tRz8uLcP1eA6oXiN5jKvMw");
}

internal static class VerifyEmail
{
    public static async Task<NoContent> Handle(
        VerifyEmailRequest body, ClientInfo client, HttpResponse response, AddressRepository addresses, AccountLimits limits,
        CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var text = errors.TakeRequired("token", body.Token);
        errors.ThrowIfAny();
        await limits.TakeMailed(response, client, ct);
        switch (await addresses.Verify(MailToken.Presented(text), client.Language))
        {
            case Verification.Unknown: throw AccountErrors.UnknownToken();
            case Verification.EmailTaken: throw AccountErrors.EmailTaken();
            case Verification.UsernameTaken: throw AccountErrors.UsernameTaken();
            case Verification.Registered: SignUpMonitor.CountRegistered(); break;
            default: break;
        }
        return TypedResults.NoContent();
    }
}
