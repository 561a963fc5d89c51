using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

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

    /// <summary>
    /// The failures of an account to count on from. They halve when a lock ends, so that one further failure does not lock again.
    /// </summary>
    public long Remaining(long failures, TimeSpan sinceLast) =>
        failures >= LockAfter && sinceLast >= LockTime ? LockAfter / 2 : failures;

    /// <summary>The part of an account name that is used as key: a request must not determine how much memory it takes.</summary>
    public static string Bounded(string account) => TextValidation.Cut(account, EmailAddress.MaxLength);

    private TimeSpan PauseAfter(long failures)
    {
        const int maxDoublings = 16;
        var pause = TimeSpan.FromSeconds(1 << (int)Math.Min(failures - FreeFailures, maxDoublings));
        return pause < LockTime ? pause : LockTime;
    }
}

/// <summary>A sign-in that must wait.</summary>
internal sealed record Throttled(bool IsLocked, TimeSpan Wait);

/// <summary>What a wrong password counts against.</summary>
/// <param name="Kind">The kind of <paramref name="Name"/>.</param>
/// <param name="Address">The address that it counts against too; null where strangers at the same address must not be in the way.</param>
internal sealed record Attempt(string Kind, string Name, string? Address)
{
    /// <summary>Anybody's attempt. Accounts are known by the name that was tried, so known and unknown ones behave alike.</summary>
    public static Attempt OfAnybody(string account, string address) => new("account", ThrottleRules.Bounded(account), address);

    /// <summary>An attempt on a device on which the user has signed in before: no lock by others concerns it.</summary>
    /// <param name="passwordHash">With another password, the failures of the former one are forgotten on all devices.</param>
    public static Attempt OfDevice(long userId, Guid device, string passwordHash) =>
        new("device", string.Create(CultureInfo.InvariantCulture, $"{userId}:{device:N}:{Generation(passwordHash)}"), null);

    /// <summary>An attempt of a signed-in user who changes the password.</summary>
    public static Attempt OfPasswordChange(long userId, long sessionId) =>
        new("change", string.Create(CultureInfo.InvariantCulture, $"{userId}:{sessionId}"), null);

    private static string Generation(string passwordHash) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(passwordHash)).AsSpan(0, 8));
}

/// <summary>Slows down password guessing, per account (or device, or session) and per address.</summary>
internal interface ILoginThrottle
{
    /// <summary>Whether an attempt must wait; null if it may continue.</summary>
    ValueTask<Throttled?> Check(Attempt attempt);

    ValueTask Failed(Attempt attempt);

    /// <summary>A correct password resets the failures of the account, but not those of the address.</summary>
    ValueTask Succeeded(Attempt attempt);
}

/// <summary>Counts the failures in this process.</summary>
internal sealed class LoginThrottle(ThrottleRules rules, TimeProvider time) : ILoginThrottle
{
    private readonly record struct Failures(int Count, DateTimeOffset First, DateTimeOffset Last);

    private readonly ConcurrentDictionary<(string Kind, string Name), Failures> _accounts = new();
    private readonly ConcurrentDictionary<string, Failures> _addresses = new();

    public int RememberedAccounts => _accounts.Count;

    public ValueTask<Throttled?> Check(Attempt attempt)
    {
        var now = time.GetUtcNow();
        return ValueTask.FromResult(CheckAddress(attempt.Address, now) ?? CheckAccount(KeyOf(attempt), now));
    }

    public ValueTask Failed(Attempt attempt)
    {
        var now = time.GetUtcNow();
        Count(
            _accounts, KeyOf(attempt), now, known => now - known.Last >= ThrottleRules.ForgetAccountAfter,
            known => (int)rules.Remaining(known.Count, now - known.Last));
        if (attempt.Address is { } address)
        {
            Count(_addresses, address, now, known => now - known.First >= rules.AddressWindow, known => known.Count);
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask Succeeded(Attempt attempt)
    {
        _accounts.TryRemove(KeyOf(attempt), out _);
        return ValueTask.CompletedTask;
    }

    private static (string Kind, string Name) KeyOf(Attempt attempt) => (attempt.Kind, attempt.Name);

    private Throttled? CheckAccount((string Kind, string Name) account, DateTimeOffset now) =>
        _accounts.TryGetValue(account, out var failures) ? rules.OfAccount(failures.Count, now - failures.Last) : null;

    private Throttled? CheckAddress(string? address, DateTimeOffset now) =>
        address is not null && _addresses.TryGetValue(address, out var failures)
            ? rules.OfAddress(failures.Count, now - failures.First)
            : null;

    private void Count<TKey>(
        ConcurrentDictionary<TKey, Failures> counts, TKey key, DateTimeOffset now, Func<Failures, bool> isForgotten,
        Func<Failures, int> remaining) where TKey : notnull
    {
        if (counts.Count >= rules.Capacity) MakeRoom(counts, isForgotten);
        counts.AddOrUpdate(
            key,
            _ => new Failures(1, now, now),
            (_, known) => isForgotten(known) ? new Failures(1, now, now) : known with { Count = remaining(known) + 1, Last = now });
    }

    /// <summary>Drops expired entries and then, against a flood of names, the quarter with the oldest failures.</summary>
    private void MakeRoom<TKey>(ConcurrentDictionary<TKey, Failures> counts, Func<Failures, bool> isForgotten) where TKey : notnull
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
