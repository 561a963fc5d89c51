using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;

namespace BigTech.Notifications.Consumers;

/// <summary>Follows edits of messages that users have been notified of.</summary>
internal sealed class MessageEdits(NotificationFeed feed, INotifications store)
{
    /// <summary>Shows the new text; a mention that is no longer in it goes.</summary>
    /// <param name="viewers">The users who have the room open.</param>
    /// <returns>The users who keep the notification of their mention.</returns>
    public HashSet<long> Rewrite(UnitOfWork work, RoomReadModel room, MessageEditedData edited, IReadOnlySet<long> viewers)
    {
        var preview = Preview.From(edited.Message.Content);
        var rows = store.In(work).OfMessage(edited.Message.Id);
        var mentions = rows.FindAll(row => row.Kind == NotificationKind.Mention);
        var named = mentions.Count == 0 ? [] : edited.Mentions
            .Select(username => RoomReadModelRows.Named(work, room.Id, username)?.UserId).OfType<long>().ToHashSet();
        foreach (var row in rows)
        {
            if (row.Kind == NotificationKind.Mention && !named.Contains(row.UserId)) End(work, room, row, edited, preview, viewers);
            else feed.Change(work, row, (n, now) => n.Rewrite(preview, now));
        }
        return [.. mentions.Select(row => row.UserId).Where(named.Contains)];
    }

    /// <summary>An unread message that mentions its reader no longer is one of the room's, if those count for them now.</summary>
    private void End(
        UnitOfWork work, RoomReadModel room, Notification mention, MessageEditedData edited, string preview, IReadOnlySet<long> viewers)
    {
        var (user, sender) = (mention.UserId, edited.Message.UserId);
        var isMessage = mention.Counted.Count > 0 && !viewers.Contains(user) && !BlockRows.FindBlocked(work, sender).Contains(user)
            && !PreferenceRows.MutedUsers(work, [room.Id], work.Now)[room.Id].Contains(user);
        var messages = isMessage ? store.In(work).OfNewMessages([room.Id]).Find(row => row.UserId == user) : null;
        if (isMessage && messages is null)
        {
            var title = Titles.NewMessages(room, mention.Actor!);
            feed.Change(work, mention, (n, now) => n.BecomeMessage(title, preview, now));
            return;
        }
        feed.Change(work, mention, (n, now) => n.Remove(now));
        if (messages is not null) feed.Change(work, messages, (n, now) => n.Include(edited.Message.Seq, now));
    }
}
