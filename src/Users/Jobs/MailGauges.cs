using System.Diagnostics.Metrics;
using BigTech.Users.Storage;

namespace BigTech.Users.Jobs;

/// <summary>Measures how many mails wait, since when, and how many could not be delivered.</summary>
internal sealed class MailGauges : PeriodicService
{
    private readonly MailOutbox _outbox;
    private volatile MailDepth? _depth;

    public MailGauges(MailOutbox outbox, IMeterFactory meters, TimeProvider time, ILogger<MailGauges> logger)
        : base("Reading the depth of the mail outbox", TimeSpan.FromSeconds(5), time, logger)
    {
        _outbox = outbox;
        var meter = meters.Create(Meters.Name);
        meter.CreateObservableGauge("bigtech.mail.waiting", () => _depth?.Waiting ?? 0, "{mail}", "Mails that wait to be sent.");
        meter.CreateObservableGauge(
            "bigtech.mail.age", () => _depth?.Oldest is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0, "s",
            "How long the oldest of these mails has been waiting.");
        meter.CreateObservableGauge(
            "bigtech.mail.dead_letters", () => _depth?.DeadLetters ?? 0, "{mail}",
            "Mails of the last 30 days that could not be delivered.");
    }

    public override async Task RunOnce(CancellationToken ct) => _depth = await _outbox.Depth(ct);
}
