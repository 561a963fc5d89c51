using BigTech.Contracts.Notifications;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Live;
using BigTech.Platform.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>
/// What users are told of. The only way to alter it, so that every alteration takes a version and is told: to the user's live streams
/// after the commit, and to the outbox when a notification is first sent.
/// </summary>
internal sealed class Inbox(INotifications store, NotificationHub hub, TimeProvider time)
{
    /// <summary>Tells a user of something new, unless he wants none of its kind or has been told of it before.</summary>
    public void Add(WriteSession session, Draft draft)
    {
        var now = time.GetDbNow();
        var preferences = PreferenceRows.Find(session, draft.UserId);
        if (!preferences.Wants(draft.Kind)) return;
        var notifications = store.In(session);
        var version = notifications.NextVersion(draft.UserId);
        var added = new Notification(
            session.NewId(), draft.UserId, draft.Kind, draft.Source, draft.Title, draft.Preview, draft.Count, draft.Actor, draft.Place,
            draft.FriendshipId, draft.HappenedAt, now, now, null, preferences.IsQuiet(now) ? null : now, version, version, false);
        if (!notifications.TryInsert(added)) return;
        TellFirst(session, before: null, added);
        Publish(session, News(added, alert: added.SentAt is not null), (unread, alert) => NotificationChange.Created(added, unread, alert));
    }

    /// <summary>Stores what a notification becomes, if that is something else.</summary>
    public bool Change(WriteSession session, Notification before, Func<Notification, DateTimeOffset, Notification> change)
    {
        var now = time.GetDbNow();
        var after = change(before, now);
        if (before == after) return false;
        // What quiet hours kept back is sent when something is added to it afterwards.
        var mayBeSent = after is { SentAt: null, IsUnread: true } && after.HappenedAt != before.HappenedAt;
        if (mayBeSent && !PreferenceRows.Find(session, after.UserId).IsQuiet(now)) after = after with { SentAt = now };
        var stored = Store(session, after);
        TellFirst(session, before, stored);
        var isRead = before.IsUnread && !stored.IsUnread && !stored.IsRemoved;
        Publish(session, News(stored, before.SentAt is null && stored.SentAt is not null, isRead), (unread, alert) =>
            stored.IsRemoved ? NotificationChange.Removed(stored, unread)
            : isRead ? NotificationChange.Read(stored.UserId, stored.Version, [stored.Id], now, unread)
            : NotificationChange.Updated(stored, unread, alert));
        return true;
    }

    /// <summary>A user has read some of his notifications: one change for his streams, however many they are.</summary>
    /// <returns>How many were unread until now.</returns>
    public int Read(WriteSession session, long userId, IEnumerable<Notification> notifications)
    {
        var now = time.GetDbNow();
        var read = notifications.Where(n => n.IsUnread).ToList().ConvertAll(n => Store(session, n.Read(now)));
        if (read.Count == 0) return 0;
        var news = new NotificationNews(userId, read[0].Version - 1, read[^1].Version, IsRead: true);
        Publish(session, news, (unread, _) => NotificationChange.Read(userId, news.Version, read.ConvertAll(n => n.Id), now, unread));
        return read.Count;
    }

    private Notification Store(WriteSession session, Notification changed)
    {
        var notifications = store.In(session);
        var stored = changed with { Version = notifications.NextVersion(changed.UserId) };
        notifications.Update(stored);
        return stored;
    }

    private static void TellFirst(WriteSession session, Notification? before, Notification now)
    {
        if (before?.SentAt is not null || now.SentAt is not { } sentAt) return;
        session.Append(new NotificationSent(
            now.Id, now.UserId, Names.Of(now.Kind), now.Title, now.Preview, now.Actor?.UserId, now.Place?.RoomId, sentAt));
    }

    private static NotificationNews News(Notification changed, bool alert, bool isRead = false) =>
        new(changed.UserId, changed.Version - 1, changed.Version, alert ? changed.Id : null, isRead);

    /// <summary>The unread count is asked, and the event made, only for those who listen.</summary>
    private void Publish(WriteSession session, NotificationNews news, Func<long, bool, NotificationChange> render)
    {
        if (hub.StreamsRead)
        {
            session.OnCommitted(() => hub.Tell(news));
            return;
        }
        if (!hub.IsListening(news.UserId)) return;
        var change = render(store.In(session).CountUnread(news.UserId), news.AlertId is not null);
        session.OnCommitted(() => hub.Publish(news.UserId, change));
    }
}
