using System.Collections.Concurrent;

namespace BigTech.Users.Domain;

/// <summary>The numbers of the lock-out.</summary>
/// <param name="FreeFailures">Failures of an account that cost nothing; after them the waits double from one second.</param>
/// <param name="LockAfter">Failures after which the account is locked for <paramref name="LockTime"/>.</param>
/// <param name="AddressFailures">Failures from one address within <paramref name="AddressWindow"/>, whatever the accounts.</param>
/// <param name="Capacity">How many accounts, and how many addresses, are remembered.</param>
internal sealed record ThrottleRules(
    int FreeFailures, int LockAfter, TimeSpan LockTime, int AddressFailures, TimeSpan AddressWindow, int Capacity = 100_000);

/// <summary>A sign-in that must wait.</summary>
internal sealed record Throttled(bool IsLocked, TimeSpan Wait);

/// <summary>
/// Slows down whoever guesses passwords, per account and per address. It knows accounts only by the name that was tried, so a known
/// and an unknown one behave alike and nothing can be learned from it.
/// </summary>
internal sealed class LoginThrottle(ThrottleRules rules, TimeProvider time)
{
    private static readonly TimeSpan ForgetAccountAfter = TimeSpan.FromHours(24);

    private readonly record struct Failures(int Count, DateTimeOffset First, DateTimeOffset Last);

    private readonly ConcurrentDictionary<string, Failures> _accounts = new();
    private readonly ConcurrentDictionary<string, Failures> _addresses = new();

    public int RememberedAccounts => _accounts.Count;

    /// <summary>Whether a sign-in has to wait; null when it may go on.</summary>
    public Throttled? Check(string account, string address)
    {
        var now = time.GetUtcNow();
        return CheckAddress(address, now) ?? CheckAccount(Bounded(account), now);
    }

    public void Failed(string account, string address)
    {
        var now = time.GetUtcNow();
        Count(_accounts, Bounded(account), now, known => now - known.Last >= ForgetAccountAfter);
        Count(_addresses, address, now, known => now - known.First >= rules.AddressWindow);
    }

    /// <summary>The account's owner has shown up: its failures are forgotten. Those of the address are not.</summary>
    public void Succeeded(string account) => _accounts.TryRemove(Bounded(account), out _);

    // No account has a longer name, and a request must not decide how much is remembered of it.
    private static string Bounded(string account) =>
        account.Length <= EmailAddress.LongestLength ? account : account[..EmailAddress.LongestLength];

    private Throttled? CheckAccount(string account, DateTimeOffset now)
    {
        if (!_accounts.TryGetValue(account, out var failures) || failures.Count < rules.FreeFailures) return null;
        var isLocked = failures.Count >= rules.LockAfter;
        var wait = failures.Last + (isLocked ? rules.LockTime : PauseAfter(failures.Count)) - now;
        return wait > TimeSpan.Zero ? new Throttled(isLocked, wait) : null;
    }

    private TimeSpan PauseAfter(int failures)
    {
        const int mostDoublings = 16;
        var pause = TimeSpan.FromSeconds(1 << Math.Min(failures - rules.FreeFailures, mostDoublings));
        return pause < rules.LockTime ? pause : rules.LockTime;
    }

    private Throttled? CheckAddress(string address, DateTimeOffset now)
    {
        if (!_addresses.TryGetValue(address, out var failures) || failures.Count < rules.AddressFailures) return null;
        var wait = failures.First + rules.AddressWindow - now;
        return wait > TimeSpan.Zero ? new Throttled(false, wait) : null;
    }

    private void Count(ConcurrentDictionary<string, Failures> counts, string key, DateTimeOffset now, Func<Failures, bool> isForgotten)
    {
        if (counts.Count >= rules.Capacity) MakeRoom(counts, isForgotten);
        counts.AddOrUpdate(
            key,
            _ => new Failures(1, now, now),
            (_, known) => isForgotten(known) ? new Failures(1, now, now) : known with { Count = known.Count + 1, Last = now });
    }

    /// <summary>Drops what is forgotten anyway and then, against a flood of names, the quarter that failed longest ago.</summary>
    private void MakeRoom(ConcurrentDictionary<string, Failures> counts, Func<Failures, bool> isForgotten)
    {
        foreach (var (key, failures) in counts)
        {
            if (isForgotten(failures)) counts.TryRemove(key, out _);
        }
        if (counts.Count < rules.Capacity) return;
        var oldest = counts.ToArray().OrderBy(entry => entry.Value.Last).Take(Math.Max(1, rules.Capacity / 4));
        foreach (var (key, _) in oldest) counts.TryRemove(key, out _);
    }
}
