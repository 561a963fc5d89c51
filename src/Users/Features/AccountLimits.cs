using System.Security.Cryptography;
using System.Text;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary>
/// Limits of sign-up, sign-in, renewal and mails, counted over all replicas, before anything that costs. They hold for everybody, the
/// server's own machine included.
/// </summary>
internal sealed class AccountLimits(IRequestLimiter limiter, UsersOptions options, MailOptions mail)
{
    private readonly RateLimit _signUps = RateLimit.PerHour("sign-up", "sign-ups of a network", options.SignUpsPerHour);
    private readonly RateLimit _signIns = RateLimit.PerMinute("sign-in", "passwords for an account", options.SignInsPerMinute);
    private readonly RateLimit _renewals = RateLimit.PerMinute("renewal", "renewals of a session", options.RefreshesPerMinute);
    private readonly RateLimit _failures = RateLimit.PerMinute("failed-renewal", "failed renewals", options.RefreshesPerMinute);
    private readonly RateLimit _mailed = RateLimit.PerMinute(
        "mailed", "requests for mails, or with codes of mails,", options.SignInsPerMinute);
    private readonly RateLimit _mails = RateLimit.PerHour("mail", "mails to an address", mail.PerAddressPerHour);

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

    /// <summary>Counts a request of a network that asks for a mail, or presents what a mail brought.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeMailed(HttpResponse response, ClientInfo client, CancellationToken ct) =>
        limiter.Take(response, _mailed, client.Network, ct);

    /// <summary>
    /// Counts a mail to an address, whether or not the address has an account. The answer does not show the count: others may have asked.
    /// </summary>
    /// <returns>Whether it may be sent.</returns>
    public async ValueTask<bool> MayMail(MailKind kind, EmailAddress email, CancellationToken ct) =>
        _mails.Max == 0 || (await limiter.Take(KeyOf(kind, email), _mails.Max, _mails.Window, ct)).Allowed;

    /// <summary>Counts a mail without which the request makes no sense.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeMail(HttpResponse response, MailKind kind, EmailAddress email, CancellationToken ct) =>
        limiter.Take(response, _mails, $"{kind}:{Hashed(email.Key)}", ct);

    private string KeyOf(MailKind kind, EmailAddress email) => $"{_mails.Key}:{kind}:{Hashed(email.Key)}";

    /// <summary>The limiter need not know an e-mail address.</summary>
    private static string Hashed(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
}
