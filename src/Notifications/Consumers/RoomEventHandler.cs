using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;

namespace BigTech.Notifications.Consumers;

/// <summary>
/// chat.events: maintains the read model of rooms, their names and members; notifies users who are added, removed or given a role; resumes
/// messages that were deferred for these events.
/// </summary>
internal sealed class RoomEventHandler(
    NotificationFeed feed, INotifications notifications, NotificationUserReadModel users, MessageNotifier notifier, IRoomViewers viewers)
{
    private const string Group = "group";
    private const string RoleSource = "role";
    private const string RemovedSource = "removed";

    public async ValueTask<Action<UnitOfWork>> Prepare(IReadOnlyList<EventEnvelope> events, CancellationToken ct)
    {
        var persons = new HashSet<long>();
        var rooms = new HashSet<long>();
        var steps = new List<Action<UnitOfWork>>(events.Count * 2);
        foreach (var e in events)
        {
            steps.Add(work => work.ContinueTrace(e.TraceParent));
            if (e.Is<ChatRoomCreated>(out var created)) Note(created.RoomId, created.MemberIds, work => On(created, work));
            else if (e.Is<ChatRoomUpdated>(out var updated)) Note(updated.RoomId, [], work => On(updated, work));
            else if (e.Is<MemberJoined>(out var joined)) Note(joined.RoomId, [joined.UserId, joined.AddedBy], work => On(joined, work));
            else if (e.Is<MemberLeft>(out var left)) Note(left.RoomId, [left.UserId, left.RemovedBy], work => On(left, work));
            else if (e.Is<MemberRoleChanged>(out var role)) Note(role.RoomId, [role.ChangedBy], work => On(role, work));
            else if (RoomVersion.Read(e.Data) is { } other) Note(other.RoomId, [], work => On(other, work));
        }
        // Mentions find members by the stored username, so all users must be loaded.
        await users.EnsureLoaded(persons, ct);
        var looking = await viewers.Find(rooms, ct);
        return work =>
        {
            notifications.In(work).Prefetch(persons);
            foreach (var step in steps) step(work);
            foreach (var room in rooms) notifier.Resume(work, room, looking);
        };

        void Note(long room, IEnumerable<long> about, Action<UnitOfWork> step)
        {
            rooms.Add(room);
            persons.UnionWith(about);
            steps.Add(step);
        }
    }

    private void On(ChatRoomCreated e, UnitOfWork work)
    {
        RoomReadModelRows.Save(work, e.RoomId, e.RoomType, e.Name);
        foreach (var member in e.MemberIds)
        {
            var isNews = RoomReadModelRows.SaveMember(work, e.RoomId, member, isMember: true, version: 0);
            if (isNews && e.RoomType == Group) Invite(work, e.RoomId, 0, member, e.CreatedBy, e.CreatedAt);
        }
    }

    private static void On(ChatRoomUpdated e, UnitOfWork work)
    {
        RoomReadModelRows.ReportVersion(work, e.RoomId, e.Version);
        RoomReadModelRows.SaveName(work, e.RoomId, e.Name, e.Version);
    }

    private void On(MemberJoined e, UnitOfWork work)
    {
        RoomReadModelRows.ReportVersion(work, e.RoomId, e.Version);
        var isNews = RoomReadModelRows.SaveMember(work, e.RoomId, e.UserId, isMember: true, e.Version);
        if (!isNews) return;
        End(work, notifications.In(work).OfRoom(e.RoomId, e.UserId).Where(IsUnreadRemoval));
        Invite(work, e.RoomId, e.Version, e.UserId, e.AddedBy, e.JoinedAt);
    }

    private void On(MemberLeft e, UnitOfWork work)
    {
        RoomReadModelRows.ReportVersion(work, e.RoomId, e.Version);
        if (!RoomReadModelRows.SaveMember(work, e.RoomId, e.UserId, isMember: false, e.Version)) return;
        End(work, notifications.In(work).OfRoom(e.RoomId, e.UserId).Where(EndsWithMembership));
        Disinvite(work, e.RoomId, e.UserId);
        if (e.RemovedBy == e.UserId)
        {
            // One event of a deleted room is that of its owner: those who were removed before have none.
            if (e.Reason == MemberLeft.RoomDeleted) End(work, notifications.In(work).OfSystem(e.RoomId).Where(IsUnreadRemoval));
            return;
        }
        var (room, place) = (Room(work, e.RoomId), new MessagePlace(e.RoomId));
        if (e.Reason == MemberLeft.RoomDeleted)
        {
            // The notification does not name the owner, so a block does not hide it from a member.
            feed.Add(work, new NotificationDraft(
                e.UserId, NotificationKind.System, Source("deleted", e.RoomId, e.Version), Titles.RoomDeleted(room), e.LeftAt,
                Place: place));
            return;
        }
        Send(work, new NotificationDraft(
            e.UserId, NotificationKind.System, Source(RemovedSource, e.RoomId, e.Version), Titles.Removed(room), e.LeftAt,
            Actor: users.Actor(e.RemovedBy), Place: place));
    }

    /// <summary>
    /// A former member must not read messages of the room any more, not even a preview; and what they might do there is not news any more.
    /// </summary>
    private static bool EndsWithMembership(Notification row) =>
        row.Place?.MessageId is not null || (row.IsUnread && IsRole(row));

    private void On(MemberRoleChanged e, UnitOfWork work)
    {
        RoomReadModelRows.ReportVersion(work, e.RoomId, e.Version);
        var told = notifications.In(work).OfRoom(e.RoomId, e.UserId).FindAll(IsRole);
        if (told.Exists(row => row.Place!.LastSeq >= e.Version)) return;
        var draft = new NotificationDraft(
            e.UserId, NotificationKind.System, Source(RoleSource, e.RoomId, e.Version), Titles.NewRole(Room(work, e.RoomId), e.Role),
            e.ChangedAt, Actor: users.Actor(e.ChangedBy), Place: new MessagePlace(e.RoomId, LastSeq: e.Version));
        // Users who handed over their own role already know.
        var isNews = e.ChangedBy != e.UserId && MayNotify(work, draft);
        if (told.FindLast(row => row.IsUnread) is { } unread)
        {
            if (isNews) NotificationMetrics.Decided(work, draft.Kind, PushReason.Collapsed);
            // An unread role that is not the present one would be wrong.
            feed.Change(work, unread, (n, now) => isNews
                ? n.Replace(draft.Title, draft.Actor!, draft.Place!, draft.HappenedAt, now)
                : n.Remove(now));
        }
        else if (isNews)
        {
            feed.Add(work, draft);
        }
    }

    private void End(UnitOfWork work, IEnumerable<Notification> rows)
    {
        foreach (var row in rows.ToList()) feed.Change(work, row, (n, now) => n.Remove(now));
    }

    private static bool IsUnreadRemoval(Notification row) =>
        row.IsUnread && row.Source.StartsWith(RemovedSource, StringComparison.Ordinal);

    private static bool IsRole(Notification row) => row.Source.StartsWith(RoleSource, StringComparison.Ordinal);

    /// <summary>Records the version of an event that is ignored here: later messages must not wait for it.</summary>
    private static void On(RoomVersion e, UnitOfWork work) => RoomReadModelRows.ReportVersion(work, e.RoomId, e.Version);

    private void Invite(UnitOfWork work, long roomId, long version, long userId, long inviterId, DateTimeOffset at)
    {
        if (userId == inviterId) return;
        var (room, inviter) = (Room(work, roomId), users.Actor(inviterId));
        if (notifications.In(work).OfInvites(userId).Find(row => row.Actor!.UserId == inviterId) is not { } unread)
        {
            Send(work, new NotificationDraft(
                userId, NotificationKind.GroupInvite, Source("invite", roomId, version), Titles.Invite(room, inviter, 1), at,
                Actor: inviter, Place: new MessagePlace(roomId))
            { Counted = NumberSet.Of(roomId) });
            return;
        }
        if (!MayNotify(work, NotificationKind.GroupInvite, userId, inviterId)) return;
        NotificationMetrics.Decided(work, NotificationKind.GroupInvite, PushReason.Collapsed);
        var title = Titles.Invite(room, inviter, unread.Counted.With(roomId).Count);
        feed.Change(work, unread, (n, now) => n.Invite(roomId, title, at, now));
    }

    /// <summary>The newest of the other rooms is shown in place of one that the user has left.</summary>
    private void Disinvite(UnitOfWork work, long roomId, long userId)
    {
        foreach (var row in notifications.In(work).OfInvites(userId).FindAll(row => row.Counted.Contains(roomId)))
        {
            var left = row.Counted.Without(roomId);
            var shown = row.Place!.RoomId == roomId ? left.Last : row.Place.RoomId;
            var title = left.Count > 0 ? Titles.Invite(Room(work, shown), row.Actor!, left.Count) : row.Title;
            feed.Change(work, row, (n, now) => n.Disinvite(roomId, shown, title, now));
        }
    }

    private void Send(UnitOfWork work, NotificationDraft draft)
    {
        if (MayNotify(work, draft)) feed.Add(work, draft);
    }

    private static bool MayNotify(UnitOfWork work, NotificationDraft draft) =>
        MayNotify(work, draft.Kind, draft.UserId, draft.Actor!.UserId);

    private static bool MayNotify(UnitOfWork work, NotificationKind kind, long userId, long actorId)
    {
        PushReason? against =
            !Preferences(work, userId).Wants(kind) ? PushReason.Unwanted
            : IsBlocked(work, userId, actorId) ? PushReason.Blocked
            : null;
        if (against is { } reason) NotificationMetrics.Decided(work, kind, reason);
        return against is null;
    }

    private static bool IsBlocked(UnitOfWork work, long userId, long otherId) => BlockRows.FindBlocked(work, userId).Contains(otherId);

    private static Preferences Preferences(UnitOfWork work, long userId) => PreferenceRows.Find(work, userId).Now();

    private static RoomReadModel Room(UnitOfWork work, long roomId) => RoomReadModelRows.Find(work, roomId)!;

    private static string Source(string what, long roomId, long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}:{roomId}:{version}");
}
