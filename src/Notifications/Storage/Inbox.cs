using BigTech.Contracts.Notifications;
using BigTech.Notifications.Domain;
using BigTech.Platform.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>
/// What users are told of. The only way to alter it, so that every alteration takes a version and is told: to the outbox when a
/// notification is first sent, in the transaction of the change.
/// </summary>
internal sealed class Inbox(TimeProvider time)
{
    /// <summary>Tells a user of something new; nothing when he has been told of it before.</summary>
    public void Add(WriteSession session, Draft draft)
    {
        var now = time.GetDbNow();
        var version = NotificationRows.NextVersion(session, draft.UserId);
        var added = new Notification(
            session.NewId(now), draft.UserId, draft.Kind, draft.Source, draft.Title, draft.Preview, draft.Count, draft.Actor, draft.Place,
            draft.FriendshipId, draft.HappenedAt, now, now, null, now, version, version, false);
        if (NotificationRows.TryInsert(session, added)) TellFirst(session, added);
    }

    /// <summary>Stores what a notification becomes, if that is something else.</summary>
    public bool Change(WriteSession session, Notification before, Func<Notification, DateTimeOffset, Notification> change)
    {
        var after = change(before, time.GetDbNow());
        if (before == after) return false;
        NotificationRows.Update(session, after with { Version = NotificationRows.NextVersion(session, after.UserId) });
        return true;
    }

    private static void TellFirst(WriteSession session, Notification sent) => session.Append(new NotificationSent(
        sent.Id, sent.UserId, Names.Of(sent.Kind), sent.Title, sent.Preview, sent.Actor?.UserId, sent.Place?.RoomId, sent.SentAt!.Value));
}
