using System.Security.Cryptography;
using System.Text;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary>Why a mail is asked for. Each is counted by itself: one must not use up what another one needs.</summary>
internal enum MailCause
{
    SignUp,
    Resend,
    Reset,
    Change,
}

/// <summary>
/// Limits of sign-up, sign-in, renewal and mails, counted over all replicas, before anything that costs. They hold for everybody, the
/// server's own machine included.
/// </summary>
internal sealed class AccountLimits(IRequestLimiter limiter, UsersOptions options, MailOptions mail)
{
    // Of all clients together. A client that has used up its own count has not used up that of the address's holder.
    private const int ClientsPerAddress = 4;

    private readonly RateLimit _signUps = RateLimit.PerHour("sign-up", "sign-ups of a network", options.SignUpsPerHour);
    private readonly RateLimit _signIns = RateLimit.PerMinute("sign-in", "passwords for an account", options.SignInsPerMinute);
    private readonly RateLimit _renewals = RateLimit.PerMinute("renewal", "renewals of a session", options.RefreshesPerMinute);
    private readonly RateLimit _failures = RateLimit.PerMinute("failed-renewal", "failed renewals", options.RefreshesPerMinute);
    private readonly RateLimit _requests = RateLimit.PerMinute("mail-request", "requests for mails", options.SignInsPerMinute);
    private readonly RateLimit _codes = RateLimit.PerMinute("mail-code", "requests with one code", options.SignInsPerMinute);
    private readonly RateLimit _mails = RateLimit.PerHour("mail", "mails to an address", mail.PerAddressPerHour);
    private readonly RateLimit _changes = RateLimit.PerHour("email-change", "changes of an address", mail.PerAddressPerHour);

    /// <summary>Counts an attempt to sign up, also one for a name that is taken: names must not be found out by many attempts.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> SignUp<T>(HttpResponse response, ClientInfo client, Func<Task<T>> signUp, CancellationToken ct) =>
        limiter.Run(response, _signUps, client.Network, signUp, ct, counts: ErrorKind.Conflict);

    /// <summary>Counts a password that is checked, right or wrong.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> Check<T>(HttpResponse response, ClientInfo client, Attempt attempt, Func<Task<T>> check, CancellationToken ct)
    {
        return limiter.Run(response, _signIns, $"{client.Network}:{Hashed($"{attempt.Kind}:{attempt.Name}")}", check, ct);
    }

    /// <summary>Counts a renewal of a session, before it uses up its token.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> Renew<T>(HttpResponse response, long sessionId, Func<Task<T>> renew, CancellationToken ct) =>
        limiter.Run(response, _renewals, sessionId.ToString(CultureInfo.InvariantCulture), renew, ct);

    /// <summary>Counts a token that was never given. Renewals from the same network with tokens that were go on.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeUnknownToken(HttpResponse response, ClientInfo client, CancellationToken ct) =>
        limiter.Take(response, _failures, client.Network, ct);

    /// <summary>Counts a request of a network for a mail to an address, known or not.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeMailRequest(HttpResponse response, ClientInfo client, EmailAddress email, CancellationToken ct) =>
        limiter.Take(response, _requests, $"{client.Network}:{Hashed(email.Key)}", ct);

    /// <summary>Counts what a mail brought. Guesses of others in the same network must not keep out who has a code.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeCode(HttpResponse response, ClientInfo client, string code, CancellationToken ct) =>
        limiter.Take(response, _codes, $"{client.Network}:{Hashed(code)}", ct);

    /// <summary>Counts a change of address that is asked for with the right password.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeChange(HttpResponse response, long userId, CancellationToken ct) =>
        limiter.Take(response, _changes, userId.ToString(CultureInfo.InvariantCulture), ct);

    /// <summary>
    /// Counts a mail to an address, whether or not the address has an account: those of one client, and those of all. The answer does not
    /// show the counts: others may have asked.
    /// </summary>
    /// <returns>Whether it may be sent.</returns>
    public async ValueTask<bool> MayMail(MailCause cause, ClientInfo client, EmailAddress email, CancellationToken ct)
    {
        if (_mails.Max == 0) return true;
        var address = $"{_mails.Key}:{cause}:{Hashed(email.Key)}";
        return (await limiter.Take($"{address}:{client.Site}", _mails.Max, _mails.Window, ct)).Allowed
            && (await limiter.Take(address, _mails.Max * ClientsPerAddress, _mails.Window, ct)).Allowed;
    }

    /// <summary>The limiter need not know an e-mail address.</summary>
    private static string Hashed(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
}
