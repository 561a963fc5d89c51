using System.ComponentModel.DataAnnotations;

namespace BigTech.Users;

/// <summary>Section <c>Users</c>.</summary>
internal sealed class UsersOptions
{
    /// <summary>
    /// PBKDF2-HMAC-SHA512 iterations of a password hash; the default follows OWASP. Hashes with fewer are replaced at the next sign-in.
    /// </summary>
    [Range(1, 100_000_000)]
    public int PasswordIterations { get; set; } = 210_000;

    /// <summary>Number of threads that hash passwords.</summary>
    [Range(1, 256)]
    public int PasswordWorkers { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>
    /// How long a sign-in or sign-up may wait for such a thread; beyond, it gets 503. Shorter than the time-outs of the gateway and of
    /// proxies before it.
    /// </summary>
    [Range(1, 3600)]
    public int PasswordQueueSeconds { get; set; } = 3;

    /// <summary>Sign-ins of one network that wait for such a thread at the same time; beyond, 429; 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int WaitingSignInsPerNetwork { get; set; } = 8;

    /// <summary>The same for sign-ups.</summary>
    [Range(0, 1_000_000)]
    public int WaitingSignUpsPerNetwork { get; set; } = 3;

    /// <summary>Passwords that one network presents for one account, per minute; 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int SignInsPerMinute { get; set; } = 60;

    /// <summary>Sign-ups of one network per hour, also those for a name that is taken; 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int SignUpsPerHour { get; set; } = 20;

    /// <summary>Whether an account exists only when its address is verified; registering then says nothing about addresses.</summary>
    public bool RequireVerifiedEmail { get; set; }

    [Range(1, 1440)]
    public int AccessTokenMinutes { get; set; } = 15;

    /// <summary>The lifetime of a session after its last renewal.</summary>
    [Range(1, 3650)]
    public int RefreshTokenDays { get; set; } = 30;

    /// <summary>
    /// How long a renewal may be repeated with the same answer, while the refresh token that it gave is unused; 0: not at all.
    /// </summary>
    [Range(0, 600)]
    public int RefreshGraceSeconds { get; set; } = 30;

    /// <summary>The lifetime of a session whatever its renewals.</summary>
    [Range(1, 3650)]
    public int SessionDays { get; set; } = 180;

    /// <summary>Open sessions of one user; beyond, the oldest ends.</summary>
    [Range(1, 100_000)]
    public int MaxSessionsPerUser { get; set; } = 50;

    /// <summary>The age at which the newest signing key gets a successor.</summary>
    [Range(1, 3650)]
    public int KeyRotationDays { get; set; } = 90;

    /// <summary>The folder of the signing keys, shared by replicas; by default <c>keys</c> in the data folder.</summary>
    public string? KeysDirectory { get; set; }

    /// <summary>Failed sign-ins of one account without a delay; each further one doubles the delay.</summary>
    [Range(1, 1_000_000)]
    public int FreeLoginFailures { get; set; } = 5;

    /// <summary>Failed sign-ins after which an account is locked for <see cref="LockMinutes"/>.</summary>
    [Range(1, 1_000_000)]
    public int LockAfterFailures { get; set; } = 10;

    [Range(1, 1_000_000)]
    public int LockMinutes { get; set; } = 15;

    /// <summary>The lifetime of a device token; each sign-in renews it.</summary>
    [Range(1, 3650)]
    public int DeviceTokenDays { get; set; } = 365;

    /// <summary>Maximum number of failed sign-ins from one address within <see cref="AddressMinutes"/>.</summary>
    [Range(1, 1_000_000)]
    public int AddressFailures { get; set; } = 100;

    [Range(1, 1_000_000)]
    public int AddressMinutes { get; set; } = 15;

    /// <summary>Renewals of one session per minute, and unknown tokens of one network; 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int RefreshesPerMinute { get; set; } = 6;

    /// <summary>How many searches for people one user may make per minute; 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int SearchesPerMinute { get; set; } = 60;

    /// <summary>How many searches of one user run at the same time; a few more wait, for at most a second.</summary>
    [Range(1, 1_000_000)]
    public int SearchesAtOnce { get; set; } = 2;

    /// <summary>Maximum number of writes that wait for the store; above it, callers get 503.</summary>
    [Range(1, 1_000_000)]
    public int WriterQueue { get; set; } = 4096;

    public TimeSpan AccessTokenLifetime => TimeSpan.FromMinutes(AccessTokenMinutes);

    public TimeSpan RefreshTokenLifetime => TimeSpan.FromDays(RefreshTokenDays);
}
