using BigTech.Users.Features;
using BigTech.Users.Mailing;
using BigTech.Users.Passwords;
using BigTech.Users.Storage;

namespace BigTech.Users.Jobs;

/// <summary>Maintains the signing keys and deletes what has expired, every hour: sessions, codes of mails, mails.</summary>
internal sealed partial class UsersHousekeeping(
    SigningKeys keys, SessionRepository sessions, AddressRepository addresses, IMailTransport mails, AccessTokens tokens,
    PasswordVerifier passwords, TimeProvider time, ILogger<UsersHousekeeping> logger)
    : PeriodicService("Cleaning up keys, sessions and mails", TimeSpan.FromHours(1), time, logger)
{
    public override async Task RunOnce(CancellationToken ct)
    {
        keys.Maintain();
        var now = Time.GetUtcNow();
        var deleted = await sessions.DeleteOld(now, now - tokens.RevocationTime, ct);
        if (deleted > 0) LogDeleted(Logger, deleted);
        // Work in the first round only; beside a full queue the first sign-in that needs the hash computes it.
        await passwords.WarmUp(ct);
        await addresses.DeleteOld(ct);
        mails.DeleteOld();
    }

    [LoggerMessage(1, LogLevel.Information, "Deleted {Count} expired sessions and refresh tokens")]
    private static partial void LogDeleted(ILogger logger, int count);
}
