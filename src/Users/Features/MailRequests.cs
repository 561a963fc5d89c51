using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>
/// Mails that anybody may ask for. The work for an address and the answer do not depend on whether it has an account: it is noted, and the
/// sender finds out.
/// </summary>
internal sealed class MailRequests(MailOutbox outbox, AccountLimits limits)
{
    /// <exception cref="AppError">422; 429 <c>rate_limited</c>: of the network; 503 <c>mail_unavailable</c>.</exception>
    public async Task<Accepted> Ask(MailKind kind, string? address, ClientInfo client, HttpResponse response, CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var email = errors.Take("email", EmailAddress.Parse(address));
        errors.ThrowIfAny();
        ThrowIfOff(outbox);
        await limits.TakeMailRequest(response, client, email, ct);
        var cause = kind == MailKind.PasswordReset ? MailCause.Reset : MailCause.Resend;
        if (await limits.MayMail(cause, client, email, ct)) await outbox.Add(kind, email, client.Language);
        return TypedResults.Accepted((string?)null);
    }

    /// <exception cref="AppError">503 <c>mail_unavailable</c>.</exception>
    public static void ThrowIfOff(MailOutbox outbox)
    {
        if (!outbox.IsOn) throw AccountErrors.MailUnavailable();
    }
}
