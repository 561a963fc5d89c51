using System.Security.Cryptography;
using System.Text;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary>
/// Limits of sign-up, sign-in and renewal, counted over all replicas, before anything that costs. They hold for everybody, the server's own
/// machine included.
/// </summary>
internal sealed class AccountLimits(IRequestLimiter limiter, UsersOptions options)
{
    private readonly RateLimit _signUps = RateLimit.PerHour("sign-up", "sign-ups of a network", options.SignUpsPerHour);
    private readonly RateLimit _signIns = RateLimit.PerMinute("sign-in", "passwords for an account", options.SignInsPerMinute);
    private readonly RateLimit _renewals = RateLimit.PerMinute("renewal", "renewals of a session", options.RefreshesPerMinute);
    private readonly RateLimit _failures = RateLimit.PerMinute("failed-renewal", "failed renewals", options.RefreshesPerMinute);

    /// <summary>Counts an attempt to sign up, also one for a name that is taken: names must not be found out by many attempts.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> SignUp<T>(HttpResponse response, ClientInfo client, Func<Task<T>> signUp, CancellationToken ct) =>
        limiter.Run(response, _signUps, client.Network, signUp, ct, counts: ErrorKind.Conflict);

    /// <summary>Counts a password that is checked, right or wrong.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> Check<T>(HttpResponse response, ClientInfo client, Attempt attempt, Func<Task<T>> check, CancellationToken ct)
    {
        // The limiter need not know the e-mail address.
        var who = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{attempt.Kind}:{attempt.Name}")).AsSpan(0, 16));
        return limiter.Run(response, _signIns, $"{client.Network}:{who}", check, ct);
    }

    /// <summary>Counts a renewal of a session, before it uses up its token.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> Renew<T>(HttpResponse response, long sessionId, Func<Task<T>> renew, CancellationToken ct) =>
        limiter.Run(response, _renewals, sessionId.ToString(CultureInfo.InvariantCulture), renew, ct);

    /// <summary>Counts a token that was never given. Renewals from the same network with tokens that were go on.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeUnknownToken(HttpResponse response, ClientInfo client, CancellationToken ct) =>
        limiter.Take(response, _failures, client.Network, ct);
}
