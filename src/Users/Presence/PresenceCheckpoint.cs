namespace BigTech.Users.Presence;

/// <summary>Records regularly, and when the process stops, that the program runs while users are online.</summary>
internal sealed class PresenceCheckpoint(
    IPresenceService presence, PresenceStore store, TimeProvider time, ILogger<PresenceCheckpoint> logger)
    : PeriodicService("Writing the presence checkpoint", Interval, time, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override bool RunsAtStart => false;

    public override async Task RunOnce(CancellationToken ct)
    {
        if (presence.HasCurrentUsers) await store.WriteCheckpoint();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryRun(CancellationToken.None);
    }
}
