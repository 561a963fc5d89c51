using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Views;
using Microsoft.AspNetCore.Http;

namespace BigTech.Notifications.Streaming;

/// <summary>
/// The live stream of one user's notifications. Its event ids are the user's versions, so a client resumes exactly where it stopped.
/// </summary>
internal sealed class NotificationStream(
    HttpContext http, UserSession caller, string? lastEventId, Store store, INotifications notifications, NotificationHub hub,
    StreamRegistry registry)
    : EventStream<NotificationChange>(http, caller, registry)
{
    /// <summary>With more changes the client starts over from the list.</summary>
    private const int MaxGap = 10_000;

    private readonly ConcurrentQueue<NotificationSignal> _signals = new();

    // Kept until the store has been read with them.
    private readonly List<NotificationSignal> _unread = [];
    private long _last;

    /// <summary>Makes the stream read a change from the store.</summary>
    public void ReadFor(NotificationSignal signal)
    {
        _signals.Enqueue(signal);
        Look();
    }

    protected override async Task Open(CancellationToken ct)
    {
        hub.Join(this);
        // Runs on the writer: earlier changes are in the store for the replay, later ones are pushed.
        var head = await store.Write(
            new NotificationWork<long>(notifications, Caller.UserId, (_, writer) => writer.NextVersion(Caller.UserId) - 1));
        var missed = await notifications.Read(reader => FindMissed(reader, head), ct);
        // Read last: deletions by age are recorded before they happen. A client that starts at 0 has no outdated data.
        if (missed is { Reset: null, Since: > 0 } && missed.Since < await TrimmedUpTo(ct)) missed = missed with { Reset = "too_far" };
        if (missed.Reset is { } reason)
        {
            _last = head;
            WriteOpening("reset", $"\"reason\":\"{reason}\",\"start_over\":\"/notifications\"", head, missed.UnreadCount);
            return;
        }
        _last = missed.Since;
        WriteOpening("ready", lastEventId is { Length: > 0 } ? "\"resumed\":true" : "\"resumed\":false", head, missed.UnreadCount);
        foreach (var change in missed.Changes) Write(change);
        MoveTo(missed.Version);
    }

    protected override async Task CatchUp(CancellationToken ct)
    {
        // Signals received before the read are covered by it; later ones cause another read.
        while (_signals.TryDequeue(out var one)) _unread.Add(one);
        List<NotificationSignal> signal = [.. _unread];
        var (version, changes) = await notifications.Read(reader => FindNew(reader, signal), ct);
        _unread.Clear();
        if (changes is null)
        {
            await WriteLagged();
            await Flush();
            Close();
            return;
        }
        changes.ForEach(Write);
        MoveTo(version);
    }

    protected override void Write(NotificationChange item)
    {
        if (item.Version <= _last) return;
        Output.Write(item.Frame);
        _last = item.Version;
    }

    /// <summary>
    /// Advances the client past its last event: notifications that were created and removed since are not sent. An id alone is not an
    /// event, but sets the id to resume from.
    /// </summary>
    private void MoveTo(long version)
    {
        if (version <= _last) return;
        _last = version;
        WriteText($"id: {Id}\n\n");
    }

    protected override Task WriteLagged()
    {
        const string fields = "\"reason\":\"slow_consumer\",\"start_over\":\"/notifications\"";
        WriteText($"id: {Id}\nevent: reset\ndata: {{{fields},\"version\":{Number(_last)}}}\n\n");
        return Task.CompletedTask;
    }

    protected override void Leave() => hub.Leave(this);

    private VersionedId Id => new(NotificationChange.IdName, Caller.UserId, _last);

    /// <summary>What a client needs to get from its version to a consistent state of the store.</summary>
    /// <param name="Reset">The reason to start over instead.</param>
    /// <param name="Version">The version of that state.</param>
    private sealed record Missed(string? Reset, long Since, long Version, List<NotificationChange> Changes, long UnreadCount);

    private ValueTask<long> TrimmedUpTo(CancellationToken ct) => store.Read(reader => Trimming.UpTo(reader, Caller.UserId), ct);

    private async ValueTask<Missed> FindMissed(INotificationReader reader, long head)
    {
        var userId = Caller.UserId;
        var unread = await reader.CountUnread(userId);
        if (lastEventId is not { Length: > 0 }) return new Missed(null, head, head, [], unread);
        var id = lastEventId == "0"
            ? new VersionedId(NotificationChange.IdName, userId, 0)
            : VersionedId.Parse(NotificationChange.IdName, lastEventId);
        if (await ReasonToStartOver(reader, id, head) is { } reason) return new Missed(reason, head, head, [], unread);
        var since = id!.Value.Version;
        var rows = await reader.Since(userId, since);
        return new Missed(null, since, Reached(rows, head), [.. Render(rows, since, alertsAfter: head, unread, [])], unread);
    }

    /// <summary>The changes after a version: each notification once, in its current state.</summary>
    /// <param name="alertsAfter">Notifications sent up to this version do not alert: the client was offline, or has the alert.</param>
    /// <param name="signal">The signals of these changes.</param>
    private static IEnumerable<NotificationChange> Render(
        List<Notification> rows, long since, long alertsAfter, long unread, IReadOnlyCollection<NotificationSignal> signal)
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
            else if (isKnown && signal.FirstOrDefault(one => one.IsRead && one.Covers(row.Version)) is { } read && KnowsAllBefore(read))
            {
                var together = rows.Skip(i).TakeWhile(one => read.Covers(one.Version) && one.CreatedVersion <= since).ToList();
                i += together.Count - 1;
                yield return NotificationChange.Read(
                    row.UserId, together[^1].Version, together.ConvertAll(one => one.Id), row.ReadAt!.Value, unread);
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

    /// <returns>The changes that the client lacks; null if there are too many.</returns>
    private async ValueTask<(long Version, List<NotificationChange>? Changes)> FindNew(
        INotificationReader reader, List<NotificationSignal> signal)
    {
        var userId = Caller.UserId;
        if (await reader.Version(userId) <= _last) return (_last, []);
        if (await reader.CountSince(userId, _last) > MaxGap) return (_last, null);
        var unread = await reader.CountUnread(userId);
        var rows = await reader.Since(userId, _last);
        return (Reached(rows, _last), [.. Render(rows, _last, alertsAfter: _last, unread, signal)]);
    }

    /// <summary>The version of a client that has received these rows.</summary>
    private static long Reached(List<Notification> rows, long before) => rows.Count > 0 ? Math.Max(before, rows[^1].Version) : before;

    private async ValueTask<string?> ReasonToStartOver(INotificationReader reader, VersionedId? id, long head)
    {
        if (id is not { } given) return "unknown_id";
        if (given.UserId != Caller.UserId) return "foreign_id";
        if (given.Version > head) return "future_id";
        return await reader.CountSince(given.UserId, given.Version) > MaxGap ? "too_far" : null;
    }

    private void WriteOpening(string name, string fields, long version, long unreadCount) =>
        WriteText($"id: {Id}\nevent: {name}\ndata: {{{fields},\"version\":{Number(version)},\"unread_count\":{Number(unreadCount)}}}\n\n");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private void WriteText(string text) => Encoding.UTF8.GetBytes(text, Output);
}
