using System.Diagnostics.Metrics;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Storage;

/// <summary>Counts what became of everything that might notify a user, once its transaction is committed.</summary>
internal static class NotificationMetrics
{
    private static readonly Counter<long> Decisions = Meters.Meter.CreateCounter<long>(
        "bigtech.notification.decisions", "{decision}", "What might have notified a user, by why it did or did not.");

    public static void Decided(UnitOfWork work, NotificationKind kind, PushReason reason, int count = 1) =>
        work.AfterCommit(() => Add(kind, reason, count));

    /// <summary>The messages of a burst, once it is handled.</summary>
    public static void Decided(UnitOfWork work, PushReasons ofMessages) => work.AfterCommit(() =>
    {
        foreach (var (reason, count) in ofMessages.All) Add(NotificationKind.Message, reason, count);
    });

    private static void Add(NotificationKind kind, PushReason reason, int count) =>
        Decisions.Add(count, new("kind", NotificationWireNames.NameOf(kind)), new("reason", NameOf(reason)));

    private static string NameOf(PushReason reason) => reason switch
    {
        PushReason.Created => "created",
        PushReason.Collapsed => "collapsed",
        PushReason.QuietHours => "quiet_hours",
        PushReason.Silent => "silent",
        PushReason.Muted => "muted",
        PushReason.Unwanted => "unwanted",
        PushReason.Open => "open",
        PushReason.Own => "own",
        PushReason.Read => "read",
        PushReason.Blocked => "blocked",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
