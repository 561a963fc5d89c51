using BigTech.BuildingBlocks.Core;
using BigTech.Users.Features;
using BigTech.Users.Passwords;
using BigTech.Users.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BigTech.Users.Jobs;

/// <summary>
/// Background work of the context. Before the first request it loads the signing keys and the sessions with revoked access tokens; it
/// publishes these again when other replicas may have lost them. Every hour it maintains the keys and deletes expired data.
/// </summary>
internal sealed partial class UsersHousekeeping(
    SigningKeys keys, SessionRepository sessions, AccessTokens tokens, ISessionRevocations revocations, PasswordVerifier passwords, TimeProvider time,
    ILogger<UsersHousekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly AsyncSignal _publishAgain = new();

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        revocations.StateLost += RequestPublish;
        await TryPublish(await FindEnded(cancellationToken));
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        revocations.StateLost -= RequestPublish;
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(CleanUpRegularly(stoppingToken), PublishAgain(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task CleanUpRegularly(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Interval, time);
        await WarmUp(ct);
        do await CleanUp(ct);
        while (await timer.WaitForNextTickAsync(ct));
    }

    private void RequestPublish() => _publishAgain.Set();

    private async Task PublishAgain(CancellationToken ct)
    {
        while (true)
        {
            await _publishAgain.Wait(ct);
            while (!await TryPublishAgain(ct)) await Task.Delay(RetryPause, time, ct);
        }
    }

    private async Task<bool> TryPublishAgain(CancellationToken ct)
    {
        try
        {
            await TryPublish(await FindEnded(ct));
            return true;
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            LogNotPublished(error);
            return false;
        }
    }

    private ValueTask<List<(long Id, DateTimeOffset EndedAt)>> FindEnded(CancellationToken ct) =>
        sessions.FindEndedSince(time.GetUtcNow() - tokens.RevocationTime, ct);

    private async Task TryPublish(List<(long Id, DateTimeOffset EndedAt)> ended)
    {
        try
        {
            await tokens.RevokeAgain(ended);
        }
        catch (AppError othersAway)
        {
            // This process has applied them. When the other replicas are available again, StateLost triggers another attempt.
            LogNotPublished(othersAway);
        }
    }

    private async Task WarmUp(CancellationToken ct)
    {
        try
        {
            await passwords.WarmUp(ct);
        }
        catch (AppError)
        {
            // The queue is full of sign-ins: the first one that needs the hash computes it.
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
            // Retried in an hour; no user request depends on it.
            LogFailed(error);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Deleted {Count} expired sessions and refresh tokens")]
    private partial void LogDeleted(int count);

    [LoggerMessage(2, LogLevel.Error, "Cleaning up keys and sessions failed")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(3, LogLevel.Warning, "Publishing session revocations failed; retrying")]
    private partial void LogNotPublished(Exception error);
}
