using System.Collections.Concurrent;

namespace BigTech.Users.Domain;

/// <summary>The numbers of the lock-out.</summary>
/// <param name="FreeFailures">Failures of an account that cost nothing; after them the waits double from one second.</param>
/// <param name="LockAfter">Failures after which the account is locked for <paramref name="LockTime"/>.</param>
/// <param name="AddressFailures">Failures from one address within <paramref name="AddressWindow"/>, whatever the accounts.</param>
/// <param name="Capacity">How many accounts, and how many addresses, are remembered.</param>
internal sealed record ThrottleRules(
    int FreeFailures, int LockAfter, TimeSpan LockTime, int AddressFailures, TimeSpan AddressWindow, int Capacity = 100_000)
{
    /// <summary>An account without a failure for so long has none.</summary>
    public static TimeSpan ForgetAccountAfter { get; } = TimeSpan.FromHours(24);

    /// <summary>Whether an account has to wait that has failed so often, the last time so long ago.</summary>
    public Throttled? OfAccount(long failures, TimeSpan sinceLast)
    {
        if (failures < FreeFailures) return null;
        var isLocked = failures >= LockAfter;
        var wait = (isLocked ? LockTime : PauseAfter(failures)) - sinceLast;
        return wait > TimeSpan.Zero ? new Throttled(isLocked, wait) : null;
    }

    /// <summary>Whether an address has to wait that has failed so often since its first failure.</summary>
    public Throttled? OfAddress(long failures, TimeSpan sinceFirst)
    {
        var wait = AddressWindow - sinceFirst;
        return failures >= AddressFailures && wait > TimeSpan.Zero ? new Throttled(false, wait) : null;
    }

    /// <summary>The part of an account's name by which it is known: a request must not decide how much is remembered of it.</summary>
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
/// Slows down whoever guesses passwords, per account and per address. It knows accounts only by the name that was tried, so a known
/// and an unknown one behave alike and nothing can be learned from it.
/// </summary>
internal interface ILoginThrottle
{
    /// <summary>Whether a sign-in has to wait; null when it may go on.</summary>
    ValueTask<Throttled?> Check(string account, string address);

    ValueTask Failed(string account, string address);

    /// <summary>The account's owner has shown up: its failures are forgotten. Those of the address are not.</summary>
    ValueTask Succeeded(string account);
}

/// <summary>Counts the failures that this process sees.</summary>
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
