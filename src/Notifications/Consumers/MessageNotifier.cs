using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;

namespace BigTech.Notifications.Consumers;

/// <summary>The data of an event, and the event itself in case it must be deferred.</summary>
internal readonly record struct ReceivedEvent(MessageEventData Fact, DeferredEvent Event);

/// <summary>
/// Creates notifications from message events. A room's events are handled in the order of its versions, each once. An event that arrives
/// before the ones it depends on (its room, a member) is deferred with all later events of its room. Other rooms do not wait.
/// </summary>
internal sealed class MessageNotifier(NotificationFeed feed, INotifications store, NotificationUserReadModel users, TimeProvider time)
{
    private static readonly IReadOnlySet<long> Nobody = new HashSet<long>();

    /// <summary>Handles the events of several rooms. Each query of the store covers all of them.</summary>
    /// <param name="viewers">By room: the users who have it open.</param>
    public void Handle(
        UnitOfWork work, IReadOnlyDictionary<long, List<ReceivedEvent>> heard, IReadOnlyDictionary<long, IReadOnlySet<long>> viewers)
    {
        var rooms = RoomRows.Find(work, heard.Keys).Now();
        var waiting = DeferredEvents.Any(work, heard.Keys);
        var ready = new List<Burst>(heard.Count);
        foreach (var (roomId, facts) in heard)
        {
            if (Take(work, roomId, rooms.GetValueOrDefault(roomId), waiting.Contains(roomId), facts) is { } burst) ready.Add(burst);
        }
        Notify(work, ready, viewers);
    }

    /// <summary>Handles the deferred events of a room whose predecessors are known now.</summary>
    /// <param name="evenUnexplained">Handle all of them: the missing predecessors will not arrive.</param>
    public void Resume(
        UnitOfWork work, long roomId, IReadOnlyDictionary<long, IReadOnlySet<long>> viewers, bool evenUnexplained = false)
    {
        if (!DeferredEvents.Any(work, roomId)) return;
        // A room without a creation event has no members to notify, but its messages must not be deferred again.
        if (evenUnexplained) RoomRows.ReportVersion(work, roomId, version: 0);
        if (RoomRows.Find(work, roomId) is not { } room) return;
        var held = DeferredEvents.Of(work, roomId);
        var ready = new List<MessageEventData>(held.Count);
        foreach (var e in held)
        {
            if (e.Version <= room.MessageVersion) continue;
            if (!evenUnexplained && !room.Explains(e.Version)) break;
            ready.Add(MessageEventData.Read(e.Type, e.Data)!);
            room = room with { MessageVersion = e.Version };
        }
        DeferredEvents.DeleteUpTo(work, roomId, room.MessageVersion);
        if (ready.Count > 0) Notify(work, [new Burst(room, Collect(work, room, ready))], viewers);
    }

    /// <summary>The events of a room that can be handled now; null if there are none.</summary>
    private Burst? Take(UnitOfWork work, long roomId, RoomReadModel? room, bool hasWaiting, List<ReceivedEvent> heard)
    {
        var waits = room is null || hasWaiting;
        var ready = new List<MessageEventData>(heard.Count);
        foreach (var (fact, e) in heard)
        {
            if (!waits && fact.Version <= room!.MessageVersion) continue;
            waits = waits || !room!.Explains(fact.Version);
            if (waits)
            {
                DeferredEvents.Save(work, roomId, e, time.GetUtcNow());
                continue;
            }
            ready.Add(fact);
            room = room! with { MessageVersion = fact.Version };
        }
        return ready.Count > 0 ? new Burst(room!, Collect(work, room!, ready)) : null;
    }

    private void Notify(UnitOfWork work, List<Burst> bursts, IReadOnlyDictionary<long, IReadOnlySet<long>> viewers)
    {
        if (bursts.Count == 0) return;
        RoomRows.HearMessages(work, bursts.Select(burst => (burst.Room.Id, burst.Room.MessageVersion)));
        var telling = bursts.FindAll(burst => burst.Messages.Lines.Count > 0 || burst.Messages.ReadSeqs.Count > 0);
        if (telling.Count == 0) return;
        var rooms = telling.ConvertAll(burst => burst.Room.Id);
        var silenced = MutedSendersOf(work, telling);
        var deaf = PreferenceRows.DeafTo(work, rooms, time.GetUtcNow());
        var members = RoomRows.Members(work, rooms);
        Notify(work, [.. telling.SelectMany(burst => RecipientsOf(burst, members, deaf, silenced, viewers))]);
        foreach (var burst in telling)
        {
            foreach (var line in burst.Messages.Lines) InsertMention(work, burst, line, ViewersOf(viewers, burst), silenced);
        }
    }

    /// <summary>The delta of a burst for each member that it affects.</summary>
    private static IEnumerable<Recipient> RecipientsOf(
        Burst burst, ILookup<long, RoomMember> members, ILookup<long, long> deaf, MutedSenders silenced, IReadOnlyDictionary<long,
        IReadOnlySet<long>> viewers)
    {
        var hearNothing = deaf[burst.Room.Id].Concat(ViewersOf(viewers, burst)).ToHashSet();
        foreach (var member in members[burst.Room.Id])
        {
            var news = burst.Messages.For(member, silenced.IsAny, silenced.Is);
            if (hearNothing.Contains(member.UserId)) news = new UnreadDelta(news.ReadSeq, 0, null, null);
            if (news is not { ReadSeq: 0, Count: 0 }) yield return new Recipient(burst.Room, member.UserId, news);
        }
    }

    private void Notify(UnitOfWork work, List<Recipient> told)
    {
        if (told.Count == 0) return;
        var notifications = store.In(work);
        notifications.Prefetch(told.Select(one => one.UserId));
        var unread = notifications.OfNewMessages([.. told.Select(one => one.Room.Id).Distinct()])
            .ToDictionary(row => (row.Place!.RoomId, row.UserId));
        var readers = told.Where(one => one.News.ReadSeq > 0).Select(one => (one.Room.Id, one.UserId)).ToList();
        var mentions = (readers.Count > 0 ? notifications.OfMentions(readers) : []).ToLookup(row => (row.Place!.RoomId, row.UserId));
        foreach (var (room, user, news) in told)
        {
            work.ContinueTrace(news.Last?.TraceParent);
            if (unread.TryGetValue((room.Id, user), out var row)) Increase(work, room, row, news);
            else Insert(work, room, user, news);
            foreach (var mention in mentions[(room.Id, user)]) feed.Change(work, mention, (n, now) => n.ReadUpTo(news.ReadSeq, now));
        }
    }

    /// <summary>Combines the events into one burst. Changes of messages before the burst are applied immediately.</summary>
    private MessageBurst Collect(UnitOfWork work, RoomReadModel room, List<MessageEventData> facts)
    {
        var burst = new MessageBurst();
        foreach (var fact in facts)
        {
            work.ContinueTrace(fact.TraceParent);
            switch (fact)
            {
                case MessageSentData said:
                    burst.Say(new Line(
                        said.Version, said.Message.Seq, said.Message.Id, users.Actor(said.Message.UserId),
                        Preview.Of(said.Message.Content), said.Mentions, said.Message.CreatedAt, said.TraceParent));
                    break;
                case MessageEditedData edited:
                    if (!burst.Edit(edited.MessageId, Preview.Of(edited.Content), edited.Mentions)) Rewrite(work, edited);
                    break;
                case MessageDeletedData deleted:
                    if (!burst.Delete(deleted.MessageId)) Forget(work, room.Id, deleted);
                    break;
                case MessagesReadData read:
                    burst.Read(read.UserId, read.ReadSeq);
                    break;
                default:
                    break;
            }
        }
        return burst;
    }

    private void Rewrite(UnitOfWork work, MessageEditedData edited)
    {
        var preview = Preview.Of(edited.Content);
        foreach (var row in store.In(work).OfMessage(edited.MessageId))
        {
            feed.Change(work, row, (n, now) => n.Rewrite(preview, now));
        }
    }

    private void Forget(UnitOfWork work, long roomId, MessageDeletedData deleted)
    {
        var notifications = store.In(work);
        var silenced = BlockRows.Of(work, deleted.SenderId);
        var counting = notifications.OfNewMessages([roomId])
            .Where(row => row.Place!.FirstSeq <= deleted.Seq && deleted.Seq <= row.Place.LastSeq)
            .Where(row => row.UserId != deleted.SenderId && !silenced.Contains(row.UserId));
        var showing = notifications.OfMessage(deleted.MessageId);
        foreach (var row in counting.Concat(showing).DistinctBy(row => row.Id).ToList())
        {
            feed.Change(work, row, (n, now) => n.Forget(deleted.MessageId, now));
        }
    }

    private static MutedSenders MutedSendersOf(UnitOfWork work, List<Burst> bursts)
    {
        var senders = bursts.SelectMany(burst => burst.Messages.Lines).Select(line => line.Sender.UserId).Distinct().ToList();
        return new MutedSenders(senders.Count > 0 ? BlockRows.Of(work, senders) : []);
    }

    private static IReadOnlySet<long> ViewersOf(IReadOnlyDictionary<long, IReadOnlySet<long>> viewers, Burst burst) =>
        viewers.GetValueOrDefault(burst.Room.Id, Nobody);

    private void Increase(UnitOfWork work, RoomReadModel room, Notification row, UnreadDelta news)
    {
        if (news.ReadSeq < row.Place!.LastSeq)
        {
            feed.Change(work, row, (n, now) =>
            {
                var read = n.ReadUpTo(news.ReadSeq, now);
                return news.Last is { } last ? read.Collapse(news, Titles.NewMessages(room, last.Sender), now) : read;
            });
            return;
        }
        feed.Change(work, row, (n, now) => n.Read(now));
        Insert(work, room, row.UserId, news);
    }

    private void Insert(UnitOfWork work, RoomReadModel room, long userId, UnreadDelta news)
    {
        if (news is not { First: { } first, Last: { } last }) return;
        feed.Add(work, new NotificationDraft(
            userId, NotificationKind.Message, $"message:{first.MessageId}", Titles.NewMessages(room, last.Sender), last.At,
            last.Preview, news.Count, last.Sender, new MessagePlace(room.Id, last.MessageId, first.Seq, last.Seq)));
    }

    private void InsertMention(UnitOfWork work, Burst burst, Line line, IReadOnlySet<long> viewers, MutedSenders silenced)
    {
        var (room, messages) = burst;
        work.ContinueTrace(line.TraceParent);
        foreach (var username in line.Mentions)
        {
            if (RoomRows.Named(work, room.Id, username) is not { } member) continue;
            var user = member.UserId;
            var hasSeen = user == line.Sender.UserId || viewers.Contains(user) || line.Seq <= messages.ReadSeqs.GetValueOrDefault(user);
            if (hasSeen || line.Version <= member.Since || silenced.Is(line.Sender.UserId, user)) continue;
            feed.Add(work, new NotificationDraft(
                user, NotificationKind.Mention, $"mention:{line.MessageId}", Titles.Mention(room, line.Sender), line.At,
                line.Preview, 1, line.Sender, new MessagePlace(room.Id, line.MessageId, line.Seq, line.Seq)));
        }
    }

    /// <summary>The message events of a room that are handled together.</summary>
    private sealed record Burst(RoomReadModel Room, MessageBurst Messages);

    /// <summary>A member of a room and what changes for them.</summary>
    private readonly record struct Recipient(RoomReadModel Room, long UserId, UnreadDelta News);

    /// <param name="bySender">By sender: users with a block between them, in either direction. Senders without blocks are omitted.</param>
    private sealed class MutedSenders(Dictionary<long, HashSet<long>> bySender)
    {
        public bool IsAny => bySender.Count > 0;

        public bool Is(long sender, long user) => bySender.TryGetValue(sender, out var deaf) && deaf.Contains(user);
    }
}
