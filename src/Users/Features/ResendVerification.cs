using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>A request for another mail that verifies an address.</summary>
/// <param name="Email">The address that is not verified yet; required.</param>
internal sealed record ResendVerificationRequest([property: MaxLength(EmailAddress.MaxLength)] string? Email) : IHasExample
{
    public static object Example => new ResendVerificationRequest("minji@example.com");
}

internal static class ResendVerification
{
    public static Task<Accepted> Handle(
        ResendVerificationRequest body, ClientInfo client, HttpResponse response, MailRequests mails, CancellationToken ct) =>
        mails.Ask(MailKind.Verification, body.Email, client, response, ct);
}
