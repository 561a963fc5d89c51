using BigTech.Platform.Http;
using BigTech.Users.Features;
using BigTech.Users.Passwords;
using BigTech.Users.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BigTech.Users;

/// <summary>
/// What the context does by itself: before the first request it loads the signing keys and the sessions whose access tokens must no
/// longer work; then, every hour, it looks after the keys and deletes what has expired.
/// </summary>
internal sealed partial class Housekeeping(
    SigningKeys keys, SessionRepository sessions, AccessTokens tokens, PasswordHashing passwords, TimeProvider time,
    ILogger<Housekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - tokens.RevocationTime;
        foreach (var (session, endedAt) in await sessions.FindEndedSince(since, cancellationToken)) tokens.Revoke(session, endedAt);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            await WarmUp(stoppingToken);
            do await CleanUp(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program stops.
        }
    }

    private async Task WarmUp(CancellationToken ct)
    {
        try
        {
            await passwords.WarmUp(ct);
        }
        catch (Refusal)
        {
            // So many sign in already that there is no room for it: then the first of them who needs it does the work.
        }
    }

    private async Task CleanUp(CancellationToken ct)
    {
        try
        {
            keys.Maintain();
            var now = time.GetUtcNow();
            var deleted = await sessions.DeleteOld(now, now - tokens.RevocationTime, ct);
            if (deleted > 0) LogDeleted(deleted);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The next hour tries again; nothing that users do depends on it.
            LogFailed(error);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Deleted {Count} expired sessions and refresh tokens")]
    private partial void LogDeleted(int count);

    [LoggerMessage(2, LogLevel.Error, "Cleaning up keys and sessions failed")]
    private partial void LogFailed(Exception error);
}
