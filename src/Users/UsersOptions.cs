using BigTech.Platform;
using Microsoft.Extensions.Configuration;

namespace BigTech.Users;

/// <summary>The settings of the section <c>Users</c>.</summary>
internal sealed class UsersOptions
{
    /// <summary>
    /// PBKDF2-HMAC-SHA512 rounds of a password hash; the default is what OWASP asks for. Cheaper hashes follow at the next sign-in.
    /// </summary>
    public int PasswordIterations { get; set; } = 210_000;

    /// <summary>Threads that hash passwords.</summary>
    public int PasswordWorkers { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Sign-ins that may wait for one of those threads; beyond, they get 503.</summary>
    public int PasswordQueue { get; set; } = 256;

    public int AccessTokenMinutes { get; set; } = 15;

    public int RefreshTokenDays { get; set; } = 30;

    /// <summary>The age at which the newest signing key gets a successor.</summary>
    public int KeyRotationDays { get; set; } = 90;

    /// <summary>Failed sign-ins of one account that cost nothing; each further one doubles the wait.</summary>
    public int FreeLoginFailures { get; set; } = 5;

    public int LockAfterFailures { get; set; } = 10;

    public int LockMinutes { get; set; } = 15;

    /// <summary>Failed sign-ins that one address may cause within <see cref="AddressMinutes"/>.</summary>
    public int AddressFailures { get; set; } = 100;

    public int AddressMinutes { get; set; } = 15;

    /// <summary>Writes that may wait for the store; beyond, callers get 503.</summary>
    public int WriterQueue { get; set; } = 4096;

    public TimeSpan AccessTokenLifetime => TimeSpan.FromMinutes(AccessTokenMinutes);

    public TimeSpan RefreshTokenLifetime => TimeSpan.FromDays(RefreshTokenDays);

    /// <exception cref="StartupException">A setting is no number, or one that makes no sense.</exception>
    public static UsersOptions From(IConfiguration config)
    {
        const string section = "Users";
        UsersOptions options;
        try
        {
            options = config.GetSection(section).Get<UsersOptions>() ?? new UsersOptions();
        }
        catch (InvalidOperationException error)
        {
            throw new StartupException($"The settings of {section} cannot be read: {error.Message}", error);
        }
        options.RequirePositive(section);
        return options;
    }

    private void RequirePositive(string section)
    {
        ReadOnlySpan<(string Name, int Value)> settings =
        [
            (nameof(PasswordIterations), PasswordIterations), (nameof(PasswordWorkers), PasswordWorkers),
            (nameof(PasswordQueue), PasswordQueue), (nameof(AccessTokenMinutes), AccessTokenMinutes),
            (nameof(RefreshTokenDays), RefreshTokenDays), (nameof(KeyRotationDays), KeyRotationDays),
            (nameof(FreeLoginFailures), FreeLoginFailures), (nameof(LockAfterFailures), LockAfterFailures),
            (nameof(LockMinutes), LockMinutes), (nameof(AddressFailures), AddressFailures),
            (nameof(AddressMinutes), AddressMinutes), (nameof(WriterQueue), WriterQueue),
        ];
        foreach (var (name, value) in settings)
        {
            if (value < 1) throw new StartupException($"The setting {section}:{name} is {value}; it must be at least 1.");
        }
    }
}
