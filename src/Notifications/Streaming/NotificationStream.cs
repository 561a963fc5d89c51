using System.Collections.Concurrent;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Views;
using Microsoft.AspNetCore.Http;

namespace BigTech.Notifications.Streaming;

/// <summary>The live stream of one user's notifications.</summary>
internal sealed class NotificationStream(
    HttpContext http, UserSession caller, Store store, INotifications notifications, NotificationHub hub, StreamRegistry registry)
    : VersionedStream(http, caller, NotificationChange.IdName, "/notifications", registry)
{
    /// <summary>
    /// With more changes the client starts over from the list. They are read at once: a user keeps 1,000 notifications
    /// (<c>MaxPerUser</c>) of about 1 KiB, and more only until the next hour's trimming.
    /// </summary>
    private const int MaxGap = 10_000;

    private readonly ConcurrentQueue<NotificationSignal> _signals = new();

    // Kept until the store has been read with them.
    private readonly List<NotificationSignal> _unread = [];

    /// <summary>Makes the stream read a change from the store.</summary>
    public void ReadFor(NotificationSignal signal)
    {
        _signals.Enqueue(signal);
        Look();
    }

    public override string Kind => "notifications";

    protected override bool SendsPositions => true;

    protected override Task Join(CancellationToken ct)
    {
        hub.Join(this);
        return Task.CompletedTask;
    }

    protected override async Task<VersionedReplay> Missed(long? since, CancellationToken ct)
    {
        // Runs on the writer: earlier changes are in the store for the replay, later ones are pushed.
        var head = await store.Write(
            new NotificationWork<long>(notifications, Caller.UserId, (_, writer) => writer.NextVersion(Caller.UserId) - 1));
        var missed = await notifications.Read(reader => FindMissed(reader, since ?? head, head), ct);
        // Read last: deletions by age are recorded before they happen. A client that starts at 0 has no outdated data.
        return since > 0 && since < await TrimmedUpTo(ct) ? missed with { Changes = null } : missed;
    }

    protected override async Task<VersionedReplay> MissedLive(long since, CancellationToken ct)
    {
        // Signals received before the read are covered by it; later ones cause another read.
        while (_signals.TryDequeue(out var one)) _unread.Add(one);
        List<NotificationSignal> signals = [.. _unread];
        var missed = await notifications.Read(reader => FindNew(reader, since, signals), ct);
        _unread.Clear();
        return missed;
    }

    protected override void Leave() => hub.Leave(this);

    private ValueTask<long> TrimmedUpTo(CancellationToken ct) => store.Read(reader => Trimming.UpTo(reader, Caller.UserId), ct);

    private async ValueTask<VersionedReplay> FindMissed(INotificationReader reader, long since, long head)
    {
        var unread = await reader.CountUnread(Caller.UserId);
        var missed = since < head
            ? await Render(reader, since, head, alertsAfter: head, unread, [])
            : new VersionedReplay(head, []);
        return missed with { OpeningMembers = string.Create(CultureInfo.InvariantCulture, $"\"unread_count\":{unread}") };
    }

    private async ValueTask<VersionedReplay> FindNew(INotificationReader reader, long since, List<NotificationSignal> signals)
    {
        if (await reader.Version(Caller.UserId) <= since) return new VersionedReplay(since, []);
        return await Render(reader, since, head: since, alertsAfter: since, await reader.CountUnread(Caller.UserId), signals);
    }

    /// <param name="head">The client gets at least to this version.</param>
    private async ValueTask<VersionedReplay> Render(
        INotificationReader reader, long since, long head, long alertsAfter, long unread, List<NotificationSignal> signals)
    {
        if (await reader.CountSince(Caller.UserId, since) > MaxGap) return new VersionedReplay(head, null);
        var rows = await reader.Since(Caller.UserId, since);
        var reached = rows.Count > 0 ? Math.Max(head, rows[^1].Version) : head;
        return new VersionedReplay(reached, Render(rows, since, alertsAfter, unread, signals));
    }

    /// <summary>The changes after a version: each notification once, in its current state.</summary>
    /// <param name="alertsAfter">Notifications sent up to this version do not alert: the client was offline, or has the alert.</param>
    /// <param name="signals">The signals of these changes.</param>
    private static IEnumerable<VersionedEvent> Render(
        List<Notification> rows, long since, long alertsAfter, long unread, List<NotificationSignal> signals)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var isKnown = row.CreatedVersion <= since;
            var alert = row.AlertsAfter(alertsAfter);
            if (isKnown && row.IsRemoved)
            {
                yield return NotificationChange.Removed(row, unread);
            }
            else if (isKnown && signals.Find(one => one.IsRead && one.Covers(row.Version)) is { } read && KnowsAllBefore(read))
            {
                var together = rows.Skip(i).TakeWhile(one => read.Covers(one.Version) && one.CreatedVersion <= since).ToList();
                i += together.Count - 1;
                yield return NotificationChange.Read(together[^1].Version, together.ConvertAll(one => one.Id), row.ReadAt!.Value, unread);
            }
            else if (isKnown)
            {
                yield return NotificationChange.Updated(row, unread, alert);
            }
            else if (!row.IsRemoved)
            {
                yield return NotificationChange.Created(row, unread, alert);
            }
        }

        // A row may have changed before it was read, and shows both as one change. Not if each version up to the reading is in another row.
        bool KnowsAllBefore(NotificationSignal read) => rows.Count(row => row.Version <= read.After) >= read.After - since;
    }
}
