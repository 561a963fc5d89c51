using BigTech.Users.Features;

namespace BigTech.Users.Jobs;

/// <summary>
/// Writes to the security log, every minute and for each class of networks, how many sign-ups asked for taken names or were over a limit.
/// </summary>
internal sealed partial class SignUpReport(SignUpMonitor monitor, TimeProvider time, ILoggerFactory loggers)
    : PeriodicService("Reporting sign-ups", TimeSpan.FromMinutes(1), time, loggers.CreateLogger<SignUpReport>())
{
    /// <summary>The category of what concerns security.</summary>
    public const string Category = "BigTech.Security";

    private readonly ILogger _security = loggers.CreateLogger(Category);

    protected override bool RunsAtStart => false;

    public override Task RunOnce(CancellationToken ct)
    {
        foreach (var counts in monitor.TakeAll().Where(counts => counts.Taken + counts.Limited > 0))
        {
            // A name that is taken is everyday life; a limit that is reached is not.
            var level = counts.Limited > 0 ? LogLevel.Warning : LogLevel.Information;
            LogSignUps(_security, level, counts.NetworkClass, counts.Taken, counts.Limited, counts.Networks, counts.Accepted);
        }
        return Task.CompletedTask;
    }

    [LoggerMessage(
        EventId = 1,
        Message = "Sign-ups of a minute from {NetworkClass} addresses: {Taken} for taken names and {Limited} over a limit, "
            + "of {Networks} networks; {Accepted} accepted")]
    private static partial void LogSignUps(
        ILogger logger, LogLevel level, string networkClass, int taken, int limited, int networks, int accepted);
}
