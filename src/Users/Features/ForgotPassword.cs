using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>A request for a new password.</summary>
/// <param name="Email">The account's e-mail address; required.</param>
internal sealed record ForgotPasswordRequest([property: MaxLength(EmailAddress.MaxLength)] string? Email) : IHasExample
{
    public static object Example => new ForgotPasswordRequest("minji@example.com");
}

internal static class ForgotPassword
{
    public static Task<Accepted> Handle(
        ForgotPasswordRequest body, ClientInfo client, HttpResponse response, MailRequests mails, CancellationToken ct) =>
        mails.Ask(MailKind.PasswordReset, body.Email, client, response, ct);
}
