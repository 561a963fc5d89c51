using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;

namespace BigTech.Notifications.Consumers;

/// <summary>The data of an event, and the event itself in case it must be deferred.</summary>
internal readonly record struct ReceivedEvent(MessageEventData Data, DeferredEvent Event);

/// <summary>
/// Creates notifications from message events. A room's events are handled in the order of its versions, each once. An event that arrives
/// before the ones it depends on (its room, a member) is deferred with all later events of its room. Other rooms do not wait.
/// </summary>
internal sealed class MessageNotifier(NotificationFeed feed, INotifications store, NotificationUserReadModel users, TimeProvider time)
{
    private static readonly IReadOnlySet<long> NoUsers = new HashSet<long>();

    private readonly MessageEdits _edits = new(feed, store);

    /// <summary>Handles the events of several rooms. Each query of the store covers all of them.</summary>
    /// <param name="viewers">By room: the users who have it open.</param>
    public void Handle(
        UnitOfWork work, IReadOnlyDictionary<long, List<ReceivedEvent>> received, IReadOnlyDictionary<long, IReadOnlySet<long>> viewers)
    {
        var rooms = RoomReadModelRows.Find(work, received.Keys).Now();
        var waiting = DeferredEvents.Any(work, received.Keys);
        var ready = new List<Burst>(received.Count);
        foreach (var (roomId, events) in received)
        {
            var looking = viewers.GetValueOrDefault(roomId, NoUsers);
            var burst = Take(work, roomId, rooms.GetValueOrDefault(roomId), waiting.Contains(roomId), events, looking);
            if (burst is not null) ready.Add(burst);
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
        if (evenUnexplained) RoomReadModelRows.ReportVersion(work, roomId, version: 0);
        if (RoomReadModelRows.Find(work, roomId) is not { } room) return;
        var held = DeferredEvents.FindByRoom(work, roomId);
        var ready = new List<MessageEventData>(held.Count);
        foreach (var e in held)
        {
            if (e.Version <= room.MessageVersion) continue;
            if (!evenUnexplained && !room.Explains(e.Version)) break;
            ready.Add(MessageEventData.Read(e.Type, e.Data)!);
            room = room with { MessageVersion = e.Version };
        }
        DeferredEvents.DeleteUpTo(work, roomId, room.MessageVersion);
        if (ready.Count == 0) return;
        Notify(work, [new Burst(room, Collect(work, room, ready, viewers.GetValueOrDefault(roomId, NoUsers)))], viewers);
    }

    /// <summary>The events of a room that can be handled now; null if there are none.</summary>
    private Burst? Take(UnitOfWork work, long roomId, RoomReadModel? room, bool hasWaiting, List<ReceivedEvent> received,
        IReadOnlySet<long> viewers)
    {
        var waits = room is null || hasWaiting;
        var ready = new List<MessageEventData>(received.Count);
        foreach (var (data, e) in received)
        {
            if (!waits && data.Version <= room!.MessageVersion) continue;
            waits = waits || !room!.Explains(data.Version);
            if (waits)
            {
                DeferredEvents.Save(work, roomId, e, time.GetUtcNow());
                continue;
            }
            ready.Add(data);
            room = room! with { MessageVersion = data.Version };
        }
        return ready.Count > 0 ? new Burst(room!, Collect(work, room!, ready, viewers)) : null;
    }

    private void Notify(UnitOfWork work, List<Burst> bursts, IReadOnlyDictionary<long, IReadOnlySet<long>> viewers)
    {
        if (bursts.Count == 0) return;
        RoomReadModelRows.SaveMessageVersions(work, bursts.Select(burst => (burst.Room.Id, burst.Room.MessageVersion)));
        var relevant = bursts.FindAll(burst => !burst.Messages.IsEmpty);
        if (relevant.Count == 0) return;
        var rooms = relevant.ConvertAll(burst => burst.Room.Id);
        var silenced = MutedSendersOf(work, relevant);
        var muted = PreferenceRows.MutedUsers(work, rooms, time.GetUtcNow());
        var members = RoomReadModelRows.Members(work, rooms);
        foreach (var burst in relevant) burst.Messages.Resolve(line => MentionedBy(work, burst.Room, line, silenced));
        var reasons = new PushReasons();
        Notify(work, [.. relevant.SelectMany(burst => RecipientsOf(burst, members, muted, silenced, viewers, reasons))], reasons);
        NotificationMetrics.Decided(work, reasons);
        foreach (var burst in relevant)
        {
            foreach (var line in burst.Messages.Lines) InsertMentions(work, burst, line, ViewersOf(viewers, burst));
            foreach (var mention in burst.Messages.LateMentions) InsertMentions(work, burst, mention, ViewersOf(viewers, burst), silenced);
        }
    }

    /// <summary>The delta of a burst for each member that it affects.</summary>
    private static IEnumerable<Recipient> RecipientsOf(
        Burst burst, ILookup<long, RoomMember> members, ILookup<long, long> muted, MutedSenders silenced,
        IReadOnlyDictionary<long, IReadOnlySet<long>> viewers, PushReasons reasons)
    {
        var (muting, viewing) = (muted[burst.Room.Id].ToHashSet(), ViewersOf(viewers, burst));
        foreach (var member in members[burst.Room.Id])
        {
            var delta = burst.Messages.For(member, silenced.IsAny, silenced.Is, reasons);
            var isMuted = muting.Contains(member.UserId);
            if (isMuted || viewing.Contains(member.UserId))
            {
                reasons.Add(isMuted ? PushReason.Muted : PushReason.Open, delta.Count);
                delta = UnreadDelta.Read(delta.ReadSeq);
            }
            if (delta.ReadSeq > 0 || delta.Count > 0) yield return new Recipient(burst.Room, member.UserId, delta);
        }
    }

    private void Notify(UnitOfWork work, List<Recipient> recipients, PushReasons reasons)
    {
        if (recipients.Count == 0) return;
        var notifications = store.In(work);
        notifications.Prefetch(recipients.Select(one => one.UserId));
        var unread = notifications.OfNewMessages([.. recipients.Select(one => one.Room.Id).Distinct()])
            .ToDictionary(row => (row.Place!.RoomId, row.UserId));
        var readers = recipients.Where(one => one.Delta.ReadSeq > 0).Select(one => (one.Room.Id, one.UserId)).ToList();
        var mentions = (readers.Count > 0 ? notifications.OfMentions(readers) : []).ToLookup(row => (row.Place!.RoomId, row.UserId));
        foreach (var (room, user, delta) in recipients)
        {
            work.ContinueTrace(delta.Last?.TraceParent);
            if (unread.TryGetValue((room.Id, user), out var row)) Increase(work, room, row, delta, reasons);
            else Insert(work, room, user, delta);
            foreach (var mention in mentions[(room.Id, user)]) feed.Change(work, mention, (n, now) => n.ReadUpTo(delta.ReadSeq, now));
        }
    }

    /// <summary>Combines the events into one burst. Changes of messages before the burst are applied immediately.</summary>
    private MessageBurst Collect(
        UnitOfWork work, RoomReadModel room, List<MessageEventData> events, IReadOnlySet<long> viewers)
    {
        var burst = new MessageBurst();
        foreach (var data in events)
        {
            work.ContinueTrace(data.TraceParent);
            switch (data)
            {
                case MessageSentData sent:
                    burst.Add(new Line(
                        sent.Version, sent.Message.Seq, sent.Message.Id, users.Actor(sent.Message.UserId),
                        sent.Message.Content, sent.Mentions, sent.Message.CreatedAt, sent.TraceParent));
                    break;
                case MessageEditedData edited:
                    if (burst.Edit(edited.Message.Id, edited.Message.Content, edited.Mentions)) break;
                    var told = _edits.Rewrite(work, room, edited, viewers);
                    if (edited.Mentions.Count > 0) burst.Mention(LineOf(edited), told);
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

    private Line LineOf(MessageEditedData edited)
    {
        var message = edited.Message;
        return new Line(
            edited.Version, message.Seq, message.Id, users.Actor(message.UserId), message.Content, edited.Mentions,
            message.EditedAt ?? message.UpdatedAt, edited.TraceParent);
    }

    private void Forget(UnitOfWork work, long roomId, MessageDeletedData deleted)
    {
        var notifications = store.In(work);
        var counting = notifications.OfNewMessages([roomId]).Where(row => row.Counted.Contains(deleted.Seq));
        var showing = notifications.OfMessage(deleted.MessageId);
        foreach (var row in counting.Concat(showing).DistinctBy(row => row.Id).ToList())
        {
            feed.Change(work, row, (n, now) => n.Forget(deleted.MessageId, deleted.Seq, now));
        }
    }

    private static MutedSenders MutedSendersOf(UnitOfWork work, List<Burst> bursts)
    {
        var lines = bursts.SelectMany(burst => burst.Messages.Lines.Concat(burst.Messages.LateMentions.Select(mention => mention.Line)));
        var senders = lines.Select(line => line.Sender.UserId).Distinct().ToList();
        return new MutedSenders(senders.Count > 0 ? BlockRows.FindBlocked(work, senders) : []);
    }

    private static IReadOnlySet<long> ViewersOf(IReadOnlyDictionary<long, IReadOnlySet<long>> viewers, Burst burst) =>
        viewers.GetValueOrDefault(burst.Room.Id, NoUsers);

    private void Increase(UnitOfWork work, RoomReadModel room, Notification row, UnreadDelta delta, PushReasons reasons)
    {
        if (row.ReadUpTo(delta.ReadSeq, work.Now).IsUnread)
        {
            reasons.Add(PushReason.Collapsed, delta.Count);
            feed.Change(work, row, (n, now) =>
            {
                var read = n.ReadUpTo(delta.ReadSeq, now);
                return delta.Last is { } last ? read.Collapse(delta, Titles.NewMessages(room, last.Sender), now) : read;
            });
            return;
        }
        feed.Change(work, row, (n, now) => n.Read(now));
        Insert(work, room, row.UserId, delta);
    }

    private void Insert(UnitOfWork work, RoomReadModel room, long userId, UnreadDelta delta)
    {
        if (delta is not { First: { } first, Last: { } last }) return;
        feed.Add(work, new NotificationDraft(
            userId, NotificationKind.Message, $"message:{first.MessageId}", Titles.NewMessages(room, last.Sender), last.At,
            last.Preview, delta.Count, last.Sender, new MessagePlace(room.Id, last.MessageId, first.Seq, last.Seq))
        { Counted = delta.Seqs });
    }

    /// <summary>The members whom a line notifies as a mention: none of them gets it as a message too.</summary>
    private static HashSet<long> MentionedBy(UnitOfWork work, RoomReadModel room, Line line, MutedSenders silenced) =>
    [
        .. line.Mentions.Select(username => RoomReadModelRows.Named(work, room.Id, username)).OfType<RoomMember>()
            .Where(member => member.UserId != line.Sender.UserId && line.Version > member.Since)
            .Where(member => !silenced.Is(line.Sender.UserId, member.UserId))
            .Select(member => member.UserId)
            .Where(user => PreferenceRows.Find(work, user).Now().Wants(NotificationKind.Mention)),
    ];

    private void InsertMentions(UnitOfWork work, Burst burst, Line line, IReadOnlySet<long> viewers)
    {
        foreach (var user in line.Mentioned)
        {
            var isRead = line.Seq <= burst.Messages.ReadSeqs.GetValueOrDefault(user);
            if (IsSeen(work, isOpen: viewers.Contains(user), isRead)) continue;
            feed.Add(work, MentionOf(work, burst.Room, line, user, NumberSet.Of(line.Seq)));
        }
    }

    /// <summary>Tells users of mentions that an edit has added; for them the message is no longer one of the room's.</summary>
    private void InsertMentions(
        UnitOfWork work, Burst burst, LateMention mention, IReadOnlySet<long> viewers, MutedSenders silenced)
    {
        var line = mention.Line;
        foreach (var user in MentionedBy(work, burst.Room, line, silenced))
        {
            if (mention.Told.Contains(user)) continue;
            if (IsSeen(work, isOpen: viewers.Contains(user), burst.Messages.HasReadSince(mention, user))) continue;
            var messages = store.In(work).OfNewMessages([burst.Room.Id]).Find(row => row.UserId == user && row.Counted.Contains(line.Seq));
            if (messages is not null) feed.Change(work, messages, (n, now) => n.Forget(line.MessageId, line.Seq, now));
            var draft = MentionOf(work, burst.Room, line, user, messages is null ? NumberSet.Empty : NumberSet.Of(line.Seq));
            if (feed.Add(work, draft)) continue;
            // It mentioned them before: a mention that comes and goes with edits does not alert again.
            var source = string.Create(CultureInfo.InvariantCulture, $"{draft.Source}:{line.Version}");
            feed.Add(work, draft with { Source = source, IsSilent = true });
        }
    }

    private static bool IsSeen(UnitOfWork work, bool isOpen, bool isRead)
    {
        if (isOpen || isRead) NotificationMetrics.Decided(work, NotificationKind.Mention, isOpen ? PushReason.Open : PushReason.Read);
        return isOpen || isRead;
    }

    /// <param name="counted">The message, if it would count without the mention; empty if it was read, or does not count.</param>
    private static NotificationDraft MentionOf(UnitOfWork work, RoomReadModel room, Line line, long user, NumberSet counted)
    {
        work.ContinueTrace(line.TraceParent);
        return new NotificationDraft(
            user, NotificationKind.Mention, $"mention:{line.MessageId}", Titles.Mention(room, line.Sender), line.At, line.Preview, 1,
            line.Sender, new MessagePlace(room.Id, line.MessageId, line.Seq, line.Seq))
        { Counted = counted };
    }

    /// <summary>The message events of a room that are handled together.</summary>
    private sealed record Burst(RoomReadModel Room, MessageBurst Messages);

    /// <summary>A member of a room and what changes for them.</summary>
    private readonly record struct Recipient(RoomReadModel Room, long UserId, UnreadDelta Delta);

    /// <param name="bySender">By sender: users with a block between them, in either direction. Senders without blocks are omitted.</param>
    private sealed class MutedSenders(Dictionary<long, HashSet<long>> bySender)
    {
        public bool IsAny => bySender.Count > 0;

        public bool Is(long sender, long user) => bySender.TryGetValue(sender, out var users) && users.Contains(user);
    }
}
