using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.Platform.Sql;

namespace BigTech.Notifications.Consumers;

/// <summary>A fact with the event that told it, in case that it has to wait.</summary>
internal readonly record struct HeardFact(MessageFact Fact, HeldEvent Event);

/// <summary>
/// Turns what is said in rooms into notifications. A room's facts are taken in the order of its versions and each once; one that comes
/// before what explains it (its room, a member) waits, and with it all that follows in its room, but no other room.
/// </summary>
internal sealed class Conversations(Inbox inbox, INotifications store, People people, TimeProvider time)
{
    private static readonly IReadOnlySet<long> Nobody = new HashSet<long>();

    /// <summary>Takes in what came of one room.</summary>
    /// <param name="viewers">By room: who has it before his eyes.</param>
    public void Hear(WriteSession session, long roomId, List<HeardFact> heard, IReadOnlyDictionary<long, IReadOnlySet<long>> viewers)
    {
        var room = RoomRows.Find(session, roomId);
        var waits = room is null || HeldEvents.Any(session, roomId);
        var ready = new List<MessageFact>(heard.Count);
        foreach (var (fact, e) in heard)
        {
            if (!waits && fact.Version <= room!.MessageVersion) continue;
            waits = waits || !room!.Explains(fact.Version);
            if (waits)
            {
                HeldEvents.Save(session, roomId, e, time.GetUtcNow());
                continue;
            }
            ready.Add(fact);
            room = room! with { MessageVersion = fact.Version };
        }
        if (ready.Count > 0) Tell(session, room!, ready, viewers.GetValueOrDefault(roomId, Nobody));
    }

    /// <summary>Takes in what waited in a room, as far as it is explained now.</summary>
    /// <param name="evenUnexplained">Take it all: what would explain it does not come.</param>
    public void Resume(
        WriteSession session, long roomId, IReadOnlyDictionary<long, IReadOnlySet<long>> viewers, bool evenUnexplained = false)
    {
        if (!HeldEvents.Any(session, roomId)) return;
        // A room that nobody has introduced has no members who could be told, but its messages must not wait again and again.
        if (evenUnexplained) RoomRows.Hear(session, roomId, version: 0);
        if (RoomRows.Find(session, roomId) is not { } room) return;
        var held = HeldEvents.Of(session, roomId);
        var ready = new List<MessageFact>(held.Count);
        foreach (var e in held)
        {
            if (e.Version <= room.MessageVersion) continue;
            if (!evenUnexplained && !room.Explains(e.Version)) break;
            ready.Add(MessageFact.Read(e.Type, e.Data)!);
            room = room with { MessageVersion = e.Version };
        }
        HeldEvents.DeleteUpTo(session, roomId, room.MessageVersion);
        if (ready.Count > 0) Tell(session, room, ready, viewers.GetValueOrDefault(roomId, Nobody));
    }

    private void Tell(WriteSession session, MirroredRoom room, List<MessageFact> facts, IReadOnlySet<long> viewers)
    {
        RoomRows.HearMessages(session, room.Id, room.MessageVersion);
        var burst = Gather(session, room, facts);
        if (burst.Lines.Count == 0 && burst.ReadSeqs.Count == 0) return;
        var silenced = Silenced(session, burst);
        bool IsSilenced(long sender, long user) => silenced.TryGetValue(sender, out var deaf) && deaf.Contains(user);
        var deaf = burst.Lines.Count > 0 ? PreferenceRows.DeafTo(session, room.Id, time.GetUtcNow()) : [];
        deaf.UnionWith(viewers);
        var told = new List<(long UserId, News News)>();
        foreach (var member in RoomRows.Members(session, room.Id))
        {
            var news = burst.For(member, silenced.Count > 0, IsSilenced);
            if (deaf.Contains(member.UserId)) news = new News(news.ReadSeq, 0, null, null);
            if (news is not { ReadSeq: 0, Count: 0 }) told.Add((member.UserId, news));
        }
        Tell(session, room, told);
        foreach (var line in burst.Lines) TellMentioned(session, room, line, burst, viewers, IsSilenced);
    }

    private void Tell(WriteSession session, MirroredRoom room, List<(long UserId, News News)> told)
    {
        if (told.Count == 0) return;
        var notifications = store.In(session);
        notifications.Foresee(told.Select(one => one.UserId));
        var unread = notifications.OfNewMessages(room.Id).ToDictionary(row => row.UserId);
        var readers = told.Where(one => one.News.ReadSeq > 0).Select(one => one.UserId).ToList();
        var mentions = readers.Count > 0 ? notifications.OfMentions(room.Id, readers).ToLookup(row => row.UserId) : null;
        foreach (var (user, news) in told)
        {
            if (unread.TryGetValue(user, out var row)) TellMore(session, room, row, news);
            else TellNew(session, room, user, news);
            foreach (var mention in mentions?[user] ?? []) inbox.Change(session, mention, (n, now) => n.ReadUpTo(news.ReadSeq, now));
        }
    }

    /// <summary>The facts as one burst; what they change of older messages is done at once.</summary>
    private MessageBurst Gather(WriteSession session, MirroredRoom room, List<MessageFact> facts)
    {
        var burst = new MessageBurst();
        foreach (var fact in facts)
        {
            switch (fact)
            {
                case SaidFact said:
                    burst.Say(new Line(
                        said.Version, said.Message.Seq, said.Message.Id, people.Actor(said.Message.UserId),
                        Preview.Of(said.Message.Content), said.Mentions, said.Message.CreatedAt));
                    break;
                case EditedFact edited:
                    if (!burst.Edit(edited.MessageId, Preview.Of(edited.Content), edited.Mentions)) Rewrite(session, edited);
                    break;
                case DeletedFact deleted:
                    if (!burst.Delete(deleted.MessageId)) Forget(session, room.Id, deleted);
                    break;
                case ReadFact read:
                    burst.Read(read.UserId, read.ReadSeq);
                    break;
                default:
                    break;
            }
        }
        return burst;
    }

    private void Rewrite(WriteSession session, EditedFact edited)
    {
        var preview = Preview.Of(edited.Content);
        foreach (var row in store.In(session).OfMessage(edited.MessageId))
        {
            inbox.Change(session, row, (n, now) => n.Rewrite(preview, now));
        }
    }

    private void Forget(WriteSession session, long roomId, DeletedFact deleted)
    {
        var notifications = store.In(session);
        var silenced = BlockRows.Of(session, deleted.SenderId);
        var counting = notifications.OfNewMessages(roomId)
            .Where(row => row.Place!.FirstSeq <= deleted.Seq && deleted.Seq <= row.Place.LastSeq)
            .Where(row => row.UserId != deleted.SenderId && !silenced.Contains(row.UserId));
        var showing = notifications.OfMessage(deleted.MessageId);
        foreach (var row in counting.Concat(showing).DistinctBy(row => row.Id).ToList())
        {
            inbox.Change(session, row, (n, now) => n.Forget(deleted.MessageId, now));
        }
    }

    /// <summary>By sender: those who hear nothing of him, nor he of them. Senders of whom everybody hears are left out.</summary>
    private static Dictionary<long, HashSet<long>> Silenced(WriteSession session, MessageBurst burst) =>
        burst.Lines.Select(line => line.Sender.UserId).Distinct()
            .Select(sender => (Sender: sender, Deaf: BlockRows.Of(session, sender)))
            .Where(pair => pair.Deaf.Count > 0)
            .ToDictionary(pair => pair.Sender, pair => pair.Deaf);

    private void TellMore(WriteSession session, MirroredRoom room, Notification row, News news)
    {
        if (news.ReadSeq < row.Place!.LastSeq)
        {
            inbox.Change(session, row, (n, now) =>
            {
                var read = n.ReadUpTo(news.ReadSeq, now);
                return news.Last is { } last ? read.Collapse(news, Titles.NewMessages(room, last.Sender), now) : read;
            });
            return;
        }
        inbox.Change(session, row, (n, now) => n.Read(now));
        TellNew(session, room, row.UserId, news);
    }

    private void TellNew(WriteSession session, MirroredRoom room, long userId, News news)
    {
        if (news is not { First: { } first, Last: { } last }) return;
        inbox.Add(session, new Draft(
            userId, NotificationKind.Message, $"message:{first.MessageId}", Titles.NewMessages(room, last.Sender), last.At,
            last.Preview, news.Count, last.Sender, new MessagePlace(room.Id, last.MessageId, first.Seq, last.Seq)));
    }

    private void TellMentioned(
        WriteSession session, MirroredRoom room, Line line, MessageBurst burst, IReadOnlySet<long> viewers,
        Func<long, long, bool> isSilenced)
    {
        foreach (var username in line.Mentions)
        {
            if (RoomRows.Named(session, room.Id, username) is not { } member) continue;
            var user = member.UserId;
            var hasSeen = user == line.Sender.UserId || viewers.Contains(user) || line.Seq <= burst.ReadSeqs.GetValueOrDefault(user);
            if (hasSeen || line.Version <= member.Since || isSilenced(line.Sender.UserId, user)) continue;
            inbox.Add(session, new Draft(
                user, NotificationKind.Mention, $"mention:{line.MessageId}", Titles.Mention(room, line.Sender), line.At,
                line.Preview, 1, line.Sender, new MessagePlace(room.Id, line.MessageId, line.Seq, line.Seq)));
        }
    }
}
