using System.Collections.Concurrent;

namespace BigTech.Users.Domain;

/// <summary>The limits of the lockout.</summary>
/// <param name="FreeFailures">Failures of an account without a delay; after them the delay starts at one second and doubles.</param>
/// <param name="LockAfter">Failures after which the account is locked for <paramref name="LockTime"/>.</param>
/// <param name="AddressFailures">Failures from one address within <paramref name="AddressWindow"/>, for any accounts.</param>
/// <param name="Capacity">Maximum number of accounts, and of addresses, to remember.</param>
internal sealed record ThrottleRules(
    int FreeFailures, int LockAfter, TimeSpan LockTime, int AddressFailures, TimeSpan AddressWindow, int Capacity = 100_000)
{
    /// <summary>The failures of an account are forgotten after this time without a new one.</summary>
    public static TimeSpan ForgetAccountAfter { get; } = TimeSpan.FromHours(24);

    /// <summary>Whether an account must wait, by its failures and the time since the last one.</summary>
    public Throttled? OfAccount(long failures, TimeSpan sinceLast)
    {
        if (failures < FreeFailures) return null;
        var isLocked = failures >= LockAfter;
        var wait = (isLocked ? LockTime : PauseAfter(failures)) - sinceLast;
        return wait > TimeSpan.Zero ? new Throttled(isLocked, wait) : null;
    }

    /// <summary>Whether an address must wait, by its failures and the time since the first one.</summary>
    public Throttled? OfAddress(long failures, TimeSpan sinceFirst)
    {
        var wait = AddressWindow - sinceFirst;
        return failures >= AddressFailures && wait > TimeSpan.Zero ? new Throttled(false, wait) : null;
    }

    /// <summary>The part of an account name that is used as key: a request must not determine how much memory it takes.</summary>
    public static string Bounded(string account) =>
        account.Length <= EmailAddress.MaxLength ? account : account[..EmailAddress.MaxLength];

    private TimeSpan PauseAfter(long failures)
    {
        const int maxDoublings = 16;
        var pause = TimeSpan.FromSeconds(1 << (int)Math.Min(failures - FreeFailures, maxDoublings));
        return pause < LockTime ? pause : LockTime;
    }
}

/// <summary>A sign-in that must wait.</summary>
internal sealed record Throttled(bool IsLocked, TimeSpan Wait);

/// <summary>
/// Slows down password guessing, per account and per address. Accounts are identified only by the name that was tried, so known and unknown
/// accounts behave alike and nothing is disclosed.
/// </summary>
internal interface ILoginThrottle
{
    /// <summary>Whether a sign-in must wait; null if it may continue.</summary>
    ValueTask<Throttled?> Check(string account, string address);

    ValueTask Failed(string account, string address);

    /// <summary>A correct password resets the failures of the account, but not those of the address.</summary>
    ValueTask Succeeded(string account);
}

/// <summary>Counts the failures in this process.</summary>
internal sealed class LoginThrottle(ThrottleRules rules, TimeProvider time) : ILoginThrottle
{
    private readonly record struct Failures(int Count, DateTimeOffset First, DateTimeOffset Last);

    private readonly ConcurrentDictionary<string, Failures> _accounts = new();
    private readonly ConcurrentDictionary<string, Failures> _addresses = new();

    public int RememberedAccounts => _accounts.Count;

    public ValueTask<Throttled?> Check(string account, string address)
    {
        var now = time.GetUtcNow();
        return ValueTask.FromResult(CheckAddress(address, now) ?? CheckAccount(ThrottleRules.Bounded(account), now));
    }

    public ValueTask Failed(string account, string address)
    {
        var now = time.GetUtcNow();
        Count(_accounts, ThrottleRules.Bounded(account), now, known => now - known.Last >= ThrottleRules.ForgetAccountAfter);
        Count(_addresses, address, now, known => now - known.First >= rules.AddressWindow);
        return ValueTask.CompletedTask;
    }

    public ValueTask Succeeded(string account)
    {
        _accounts.TryRemove(ThrottleRules.Bounded(account), out _);
        return ValueTask.CompletedTask;
    }

    private Throttled? CheckAccount(string account, DateTimeOffset now) =>
        _accounts.TryGetValue(account, out var failures) ? rules.OfAccount(failures.Count, now - failures.Last) : null;

    private Throttled? CheckAddress(string address, DateTimeOffset now) =>
        _addresses.TryGetValue(address, out var failures) ? rules.OfAddress(failures.Count, now - failures.First) : null;

    private void Count(ConcurrentDictionary<string, Failures> counts, string key, DateTimeOffset now, Func<Failures, bool> isForgotten)
    {
        if (counts.Count >= rules.Capacity) MakeRoom(counts, isForgotten);
        counts.AddOrUpdate(
            key,
            _ => new Failures(1, now, now),
            (_, known) => isForgotten(known) ? new Failures(1, now, now) : known with { Count = known.Count + 1, Last = now });
    }

    /// <summary>Drops expired entries and then, against a flood of names, the quarter with the oldest failures.</summary>
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
