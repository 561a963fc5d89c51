using System.Diagnostics;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Identity;

namespace BigTech.Users.Passwords;

/// <summary>The result of a password check.</summary>
/// <param name="BetterHash">
/// If the password is correct: the hash to store in place of its own, because that is weaker than the current setting, or because the
/// password changes.
/// </param>
/// <param name="IsOfUnverified">If it is wrong: whether it is that of an account whose address is not verified yet.</param>
internal sealed record PasswordCheck(bool IsRight, string? BetterHash = null, bool IsOfUnverified = false);

/// <summary>
/// The second account that an address may have: one that waits for the verification of the address. It is checked for every address, with
/// an account or without, so that the time does not tell which is which.
/// </summary>
/// <param name="Hash">Its password; null without such an account.</param>
internal sealed record UnverifiedAccount(string? Hash);

/// <summary>Hashes and verifies passwords on the <see cref="PasswordHashPool"/>, as the <see cref="ILoginThrottle"/> allows.</summary>
internal sealed class PasswordVerifier
{
    private readonly PasswordHashPool _pool;
    private readonly ILoginThrottle _throttle;
    private readonly PasswordHashing _hashing;

    public PasswordVerifier(PasswordHashPool pool, ILoginThrottle throttle, PasswordHashing hashing)
    {
        _pool = pool;
        _throttle = throttle;
        _hashing = hashing;
    }

    /// <summary>Prepares for unknown accounts, so that the first sign-in of one takes no longer than any other.</summary>
    public Task WarmUp(CancellationToken ct) => _pool.Run(
        HashKind.SignIn, "", () =>
        {
            _hashing.WarmUp();
            return true;
        },
        ct);

    /// <exception cref="AppError">See <see cref="PasswordHashPool.Run"/>.</exception>
    public Task<string> Hash(Password password, HashKind kind, string network, CancellationToken ct) =>
        _pool.Run(kind, network, () => _hashing.Hash(password.Value), ct);

    /// <summary>Verifies a password. For an unknown account it takes the same time, and fails.</summary>
    /// <param name="hash">Null for an unknown account.</param>
    /// <param name="attempt">What a failure counts against.</param>
    /// <param name="network">The network of the client.</param>
    /// <param name="next">The password that takes its place. Both hashes are one job: it waits once.</param>
    /// <param name="unverified">Where addresses must be verified: a wrong password may be that of this one, and is then no failure.</param>
    /// <exception cref="AppError">
    /// 429 <c>slow_down</c> or <c>locked</c>: too many failures; 503: the failures cannot be counted now; or see
    /// <see cref="PasswordHashPool.Run"/>.
    /// </exception>
    public async Task<PasswordCheck> Check(
        string? hash, string password, Attempt attempt, string network, CancellationToken ct, Password? next = null,
        UnverifiedAccount? unverified = null)
    {
        await ThrowIfThrottled(attempt);
        return await _pool.Run(HashKind.SignIn, network, () => CheckNow(hash, password, attempt, next, unverified), ct);
    }

    private PasswordCheck CheckNow(string? hash, string password, Attempt attempt, Password? next, UnverifiedAccount? unverified)
    {
        // Checked again, because concurrent attempts would otherwise all pass before the first one fails.
        Wait(ThrowIfThrottled(attempt));
        var started = Stopwatch.GetTimestamp();
        var result = _hashing.Verify(hash, password);
        var isRight = result != PasswordVerificationResult.Failed;
        PasswordMetrics.Checked(isRight, Stopwatch.GetElapsedTime(started));
        if (!isRight)
        {
            if (unverified is not null && _hashing.Verify(unverified.Hash, password) != PasswordVerificationResult.Failed)
            {
                return new PasswordCheck(false, IsOfUnverified: true);
            }
            Wait(_throttle.Failed(attempt));
            return new PasswordCheck(false);
        }
        Wait(_throttle.Succeeded(attempt));
        var better = next?.Value ?? (result == PasswordVerificationResult.SuccessRehashNeeded ? password : null);
        return new PasswordCheck(true, better is null ? null : _hashing.Hash(better));
    }

    private async ValueTask ThrowIfThrottled(Attempt attempt)
    {
        if (await _throttle.Check(attempt) is not { } throttled) return;
        PasswordMetrics.Throttled();
        throw throttled.IsLocked ? Locked(throttled.Wait) : SlowDown(throttled.Wait);
    }

    public static AppError Locked(TimeSpan wait) =>
        AppError.TooMany("locked", "Too many failed sign-ins: signing in is locked for a while.", wait);

    public static AppError SlowDown(TimeSpan wait) =>
        AppError.TooMany("slow_down", "Too many failed sign-ins: wait before the next.", wait);

    /// <summary>Blocking is fine on a hash thread: a round trip is short compared to a hash.</summary>
    private static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();
}
