using BigTech.Contracts.Notifications;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Live;
using BigTech.Platform.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>
/// What users are told of. The only way to alter it, so that every alteration takes a version and is told: to the user's live streams
/// after the commit, and to the outbox when a notification is first sent.
/// </summary>
internal sealed class Inbox(INotifications store, NotificationHub hub)
{
    /// <summary>Tells a user of something new, unless he wants none of its kind or has been told of it before.</summary>
    public void Add(UnitOfWork session, Draft draft)
    {
        var now = session.Now;
        var preferences = PreferenceRows.Find(session, draft.UserId).Now();
        if (!preferences.Wants(draft.Kind)) return;
        var notifications = store.In(session);
        var version = notifications.NextVersion(draft.UserId);
        var added = new Notification(
            session.NewId(), draft.UserId, draft.Kind, draft.Source, draft.Title, draft.Preview, draft.Count, draft.Actor, draft.Place,
            draft.FriendshipId, draft.HappenedAt, now, now, null, null, 0, version, version, false);
        if (!preferences.IsQuiet(now)) added = added.Send(now);
        if (!notifications.TryInsert(added)) return;
        TellFirst(session, before: null, added);
        Publish(session, News(added), unread => NotificationChange.Created(added, unread, added.AlertsAfter(version - 1)));
    }

    /// <summary>Stores what a notification becomes, if that is something else.</summary>
    public bool Change(UnitOfWork session, Notification before, Func<Notification, DateTimeOffset, Notification> change)
    {
        var now = session.Now;
        var after = change(before, now);
        if (before == after) return false;
        after = after with { Version = store.In(session).NextVersion(after.UserId) };
        // What quiet hours kept back is sent when something is added to it afterwards.
        var mayBeSent = after is { SentAt: null, IsUnread: true } && after.HappenedAt != before.HappenedAt;
        if (mayBeSent && !PreferenceRows.Find(session, after.UserId).Now().IsQuiet(now)) after = after.Send(now);
        store.In(session).Update(after);
        TellFirst(session, before, after);
        var isRead = before.IsUnread && !after.IsUnread && !after.IsRemoved;
        Publish(session, News(after, isRead), unread =>
            after.IsRemoved ? NotificationChange.Removed(after, unread)
            : isRead ? NotificationChange.Read(after.UserId, after.Version, [after.Id], now, unread)
            : NotificationChange.Updated(after, unread, after.AlertsAfter(after.Version - 1)));
        return true;
    }

    /// <summary>A user has read some of his notifications: one change for his streams, however many they are.</summary>
    /// <returns>How many were unread until now.</returns>
    public int Read(UnitOfWork session, long userId, IEnumerable<Notification> notifications)
    {
        var now = session.Now;
        var read = notifications.Where(n => n.IsUnread).ToList().ConvertAll(n => ReadOne(session, n, now));
        if (read.Count == 0) return 0;
        var news = new NotificationNews(userId, read[0].Version - 1, read[^1].Version, IsRead: true);
        Publish(session, news, unread => NotificationChange.Read(userId, news.Version, read.ConvertAll(n => n.Id), now, unread));
        return read.Count;
    }

    private Notification ReadOne(UnitOfWork session, Notification unread, DateTimeOffset now)
    {
        var notifications = store.In(session);
        var read = unread.Read(now) with { Version = notifications.NextVersion(unread.UserId) };
        notifications.Update(read);
        return read;
    }

    private static void TellFirst(UnitOfWork session, Notification? before, Notification now)
    {
        if (before?.SentAt is not null || now.SentAt is not { } sentAt) return;
        session.Append(new NotificationSent(
            now.Id, now.UserId, Names.Of(now.Kind), now.Title, now.Preview, now.Actor?.UserId, now.Place?.RoomId, sentAt));
    }

    private static NotificationNews News(Notification changed, bool isRead = false) =>
        new(changed.UserId, changed.Version - 1, changed.Version, isRead);

    /// <summary>The unread count is asked, and the event made, only for those who listen.</summary>
    private void Publish(UnitOfWork session, NotificationNews news, Func<long, NotificationChange> render)
    {
        if (hub.StreamsRead)
        {
            session.OnCommitted(() => hub.Tell(news));
            return;
        }
        if (!hub.IsListening(news.UserId)) return;
        var change = render(store.In(session).CountUnread(news.UserId));
        session.OnCommitted(() => hub.Publish(news.UserId, change));
    }
}
