using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.Contracts.Notifications;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Views;

namespace BigTech.Notifications.Storage;

/// <summary>
/// The notifications of users. It is the only way to change them, so every change takes a version and is published: to the user's live
/// streams after the commit, and to the outbox when a notification is first sent.
/// </summary>
internal sealed class NotificationFeed(INotifications store, INotificationPublisher publisher)
{
    /// <summary>Adds a notification.</summary>
    /// <returns>False, without a change, if the user does not want its kind or has, or had, one of its source.</returns>
    public bool Add(UnitOfWork work, NotificationDraft draft)
    {
        var now = work.Now;
        var preferences = PreferenceRows.Find(work, draft.UserId).Now();
        if (!preferences.Wants(draft.Kind))
        {
            NotificationMetrics.Decided(work, draft.Kind, PushReason.Unwanted);
            return false;
        }
        var notifications = store.In(work);
        var version = notifications.NextVersion(draft.UserId);
        var added = new Notification(
            work.NewId(), draft.UserId, draft.Kind, draft.Source, draft.Title, draft.Preview, draft.Count, draft.Actor, draft.Place,
            draft.FriendshipId, draft.HappenedAt, now, now, null, null, 0, version, version, false)
        { Counted = draft.Counted };
        if (draft.IsSilent) added = added.SendSilently(now);
        else if (!preferences.IsQuiet(now)) added = added.Send(now);
        // An event that is handled again decides nothing.
        if (!notifications.TryInsert(added)) return false;
        NotificationMetrics.Decided(
            work, draft.Kind,
            draft.IsSilent ? PushReason.Silent : added.SentAt is null ? PushReason.QuietHours : PushReason.Created);
        if (draft.Count > 1) NotificationMetrics.Decided(work, draft.Kind, PushReason.Collapsed, draft.Count - 1);
        AppendIfFirstSent(work, added);
        Publish(work, SignalFor(added), unread => NotificationChange.Created(added, unread, added.AlertsAfter(version - 1)));
        return true;
    }

    /// <summary>Stores the changed notification, if it differs.</summary>
    public bool Change(UnitOfWork work, Notification before, Func<Notification, DateTimeOffset, Notification> change)
    {
        var now = work.Now;
        var after = change(before, now);
        if (before == after) return false;
        after = after with { Version = store.In(work).NextVersion(after.UserId) };
        // A notification that quiet hours held back is sent when something is added to it afterwards.
        var mayBeSent = after is { SentAt: null, IsUnread: true } && after.HappenedAt != before.HappenedAt;
        if (mayBeSent && !PreferenceRows.Find(work, after.UserId).Now().IsQuiet(now)) after = after.Send(now);
        store.In(work).Update(after);
        AppendIfFirstSent(work, after);
        var isRead = before.IsUnread && !after.IsUnread && !after.IsRemoved;
        Publish(work, SignalFor(after, isRead), unread =>
            after.IsRemoved ? NotificationChange.Removed(after, unread)
            : isRead ? NotificationChange.Read(after.Version, [after.Id], now, unread)
            : NotificationChange.Updated(after, unread, after.AlertsAfter(after.Version - 1)));
        return true;
    }

    /// <summary>Marks notifications of a user as read: one change for the streams, whatever their number.</summary>
    /// <returns>How many were unread before.</returns>
    public int Read(UnitOfWork work, long userId, IEnumerable<Notification> notifications)
    {
        var now = work.Now;
        var read = notifications.Where(n => n.IsUnread).ToList().ConvertAll(n => ReadOne(work, n, now));
        if (read.Count == 0) return 0;
        var signal = new NotificationSignal(userId, read[0].Version - 1, read[^1].Version, IsRead: true);
        Publish(work, signal, unread => NotificationChange.Read(signal.Version, read.ConvertAll(n => n.Id), now, unread));
        return read.Count;
    }

    private Notification ReadOne(UnitOfWork work, Notification unread, DateTimeOffset now)
    {
        var notifications = store.In(work);
        var read = unread.Read(now) with { Version = notifications.NextVersion(unread.UserId) };
        notifications.Update(read);
        return read;
    }

    private static void AppendIfFirstSent(UnitOfWork work, Notification now)
    {
        if (now.SentVersion != now.Version) return;
        work.Append(new NotificationSent(
            now.Id, now.UserId, NotificationWireNames.NameOf(now.Kind), now.Title, now.Preview, now.Actor?.UserId, now.Place?.RoomId,
            now.SentAt!.Value));
    }

    private static NotificationSignal SignalFor(Notification changed, bool isRead = false) =>
        new(changed.UserId, changed.Version - 1, changed.Version, isRead);

    /// <summary>Counts the unread ones and renders the event only for users with open streams.</summary>
    private void Publish(UnitOfWork work, NotificationSignal signal, Func<long, VersionedEvent> render)
    {
        if (publisher.StreamsRead)
        {
            work.AfterCommit(() => publisher.Signal(signal));
            return;
        }
        if (!publisher.IsListening(signal.UserId)) return;
        var change = render(store.In(work).CountUnread(signal.UserId));
        work.AfterCommit(() => publisher.Publish(signal.UserId, change));
    }
}
