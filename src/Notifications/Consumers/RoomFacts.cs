using System.Globalization;
using BigTech.Contracts.Chat;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.Platform.Events;
using BigTech.Platform.Sql;

namespace BigTech.Notifications.Consumers;

/// <summary>
/// chat.events: keeps the picture of rooms, their names and members, tells those who were added, removed or given a role, and lets messages
/// go on that waited for it.
/// </summary>
internal sealed class RoomFacts(
    Inbox inbox, INotifications notifications, People people, Conversations conversations, IRoomViewers viewers)
{
    private const string Group = "group";

    public async ValueTask<Action<UnitOfWork>> Prepare(IReadOnlyList<EventEnvelope> events, CancellationToken ct)
    {
        var persons = new HashSet<long>();
        var rooms = new HashSet<long>();
        var steps = new List<Action<UnitOfWork>>(events.Count * 2);
        foreach (var e in events)
        {
            steps.Add(session => session.ContinueTrace(e.TraceParent));
            if (e.Is<ChatRoomCreated>(out var created)) Note(created.RoomId, created.MemberIds, session => On(created, session));
            else if (e.Is<ChatRoomUpdated>(out var updated)) Note(updated.RoomId, [], session => On(updated, session));
            else if (e.Is<MemberJoined>(out var joined)) Note(joined.RoomId, [joined.UserId, joined.AddedBy], session => On(joined, session));
            else if (e.Is<MemberLeft>(out var left)) Note(left.RoomId, [left.UserId, left.RemovedBy], session => On(left, session));
            else if (e.Is<MemberRoleChanged>(out var role)) Note(role.RoomId, [role.ChangedBy], session => On(role, session));
            else if (RoomVersion.Read(e.Data) is { } other) Note(other.RoomId, [], session => On(other, session));
        }
        // A mention finds a member by the name in the store, so all of them have to be known.
        await people.Meet(persons, ct);
        var looking = await viewers.Find(rooms, ct);
        return session =>
        {
            notifications.In(session).Foresee(persons);
            foreach (var step in steps) step(session);
            foreach (var room in rooms) conversations.Resume(session, room, looking);
        };

        void Note(long room, IEnumerable<long> about, Action<UnitOfWork> step)
        {
            rooms.Add(room);
            persons.UnionWith(about);
            steps.Add(step);
        }
    }

    private void On(ChatRoomCreated e, UnitOfWork session)
    {
        RoomRows.Save(session, e.RoomId, e.RoomType, e.Name);
        foreach (var member in e.MemberIds)
        {
            RoomRows.SaveMember(session, e.RoomId, member, isMember: true, version: 0);
            if (e.RoomType == Group) Invite(session, e.RoomId, 0, member, e.CreatedBy, e.CreatedAt);
        }
    }

    private static void On(ChatRoomUpdated e, UnitOfWork session)
    {
        RoomRows.Hear(session, e.RoomId, e.Version);
        RoomRows.SaveName(session, e.RoomId, e.Name, e.Version);
    }

    private void On(MemberJoined e, UnitOfWork session)
    {
        RoomRows.Hear(session, e.RoomId, e.Version);
        var isNews = RoomRows.SaveMember(session, e.RoomId, e.UserId, isMember: true, e.Version);
        if (isNews) Invite(session, e.RoomId, e.Version, e.UserId, e.AddedBy, e.JoinedAt);
    }

    private void On(MemberLeft e, UnitOfWork session)
    {
        RoomRows.Hear(session, e.RoomId, e.Version);
        if (!RoomRows.SaveMember(session, e.RoomId, e.UserId, isMember: false, e.Version)) return;
        // Nobody reads on in a room that he is no longer in, not even a line of it.
        foreach (var row in notifications.In(session).OfRoom(e.RoomId, e.UserId).Where(row => row.Place?.MessageId is not null))
        {
            inbox.Change(session, row, (n, now) => n.Remove(now));
        }
        if (e.RemovedBy == e.UserId) return;
        var (room, place) = (Room(session, e.RoomId), new MessagePlace(e.RoomId));
        if (e.Reason == MemberLeft.RoomDeleted)
        {
            // It names no owner, so a block between the two hides it from no member.
            inbox.Add(session, new Draft(
                e.UserId, NotificationKind.System, Source("deleted", e.RoomId, e.Version), Titles.RoomDeleted(room), e.LeftAt, Place: place));
            return;
        }
        Tell(session, new Draft(
            e.UserId, NotificationKind.System, Source("removed", e.RoomId, e.Version), Titles.Removed(room), e.LeftAt,
            Actor: people.Actor(e.RemovedBy), Place: place));
    }

    private void On(MemberRoleChanged e, UnitOfWork session)
    {
        RoomRows.Hear(session, e.RoomId, e.Version);
        // Who gave his own role away knows.
        if (e.ChangedBy == e.UserId) return;
        Tell(session, new Draft(
            e.UserId, NotificationKind.System, Source("role", e.RoomId, e.Version), Titles.NewRole(Room(session, e.RoomId), e.Role),
            e.ChangedAt, Actor: people.Actor(e.ChangedBy), Place: new MessagePlace(e.RoomId)));
    }

    /// <summary>A change that means nothing here takes its place all the same: messages behind it must not wait for it.</summary>
    private static void On(RoomVersion e, UnitOfWork session) => RoomRows.Hear(session, e.RoomId, e.Version);

    private void Invite(UnitOfWork session, long roomId, long version, long userId, long inviterId, DateTimeOffset at)
    {
        if (userId == inviterId) return;
        var inviter = people.Actor(inviterId);
        Tell(session, new Draft(
            userId, NotificationKind.GroupInvite, Source("invite", roomId, version), Titles.Invite(Room(session, roomId), inviter), at,
            Actor: inviter, Place: new MessagePlace(roomId)));
    }

    private void Tell(UnitOfWork session, Draft draft)
    {
        if (!BlockRows.Of(session, draft.UserId).Contains(draft.Actor!.UserId)) inbox.Add(session, draft);
    }

    private static MirroredRoom Room(UnitOfWork session, long roomId) => RoomRows.Find(session, roomId)!;

    private static string Source(string what, long roomId, long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}:{roomId}:{version}");
}
