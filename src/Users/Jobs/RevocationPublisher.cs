using BigTech.Users.Features;
using BigTech.Users.Storage;

namespace BigTech.Users.Jobs;

/// <summary>
/// Publishes the ended sessions whose access tokens have not expired: before the first request, and whenever other replicas may have lost
/// them.
/// </summary>
internal sealed partial class RevocationPublisher(
    SessionRepository sessions, AccessTokens tokens, ISessionRevocations revocations, TimeProvider time,
    ILogger<RevocationPublisher> logger)
    : PeriodicService("Publishing session revocations", Timeout.InfiniteTimeSpan, time, logger)
{
    protected override bool RunsAtStart => false;

    protected override TimeSpan RetryPause => TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        revocations.StateLost += RunNow;
        await RunOnce(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        revocations.StateLost -= RunNow;
        await base.StopAsync(cancellationToken);
    }

    public override async Task RunOnce(CancellationToken ct)
    {
        var ended = await sessions.FindEndedSince(Time.GetUtcNow() - tokens.RevocationTime, ct);
        try
        {
            await tokens.RevokeAgain(ended);
        }
        catch (AppError unavailable)
        {
            // This process has applied them. When the other replicas are available again, StateLost asks for another round.
            LogNotPublished(Logger, unavailable);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Session revocations are not published until the other replicas are available")]
    private static partial void LogNotPublished(ILogger logger, Exception error);
}
