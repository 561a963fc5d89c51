using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Friends;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.ReadModels;

namespace BigTech.Notifications.Consumers;

/// <summary>
/// friend.events: notifies users of requests and of accepted requests. What ends, a request or a friendship, ends its notification; blocks
/// are stored.
/// </summary>
internal sealed class FriendEventHandler(NotificationFeed feed, INotifications notifications, NotificationUserReadModel users)
{
    public async ValueTask<Action<UnitOfWork>> Prepare(IReadOnlyList<EventEnvelope> events, CancellationToken ct)
    {
        var (actors, recipients) = (new HashSet<long>(), new HashSet<long>());
        var steps = new List<Action<UnitOfWork>>(events.Count * 2);
        foreach (var e in events)
        {
            steps.Add(work => work.ContinueTrace(e.TraceParent));
            if (e.Is<FriendRequestSent>(out var sent))
            {
                Note(sent.RequesterId, sent.AddresseeId, work => On(sent, work));
            }
            else if (e.Is<FriendRequestAccepted>(out var accepted))
            {
                Note(accepted.AddresseeId, accepted.RequesterId, work => On(accepted, work));
            }
            else if (e.Is<FriendRequestRejected>(out var rejected))
            {
                steps.Add(work => On(rejected, work));
            }
            else if (e.Is<FriendRequestCancelled>(out var cancelled))
            {
                steps.Add(work => On(cancelled, work));
            }
            else if (e.Is<FriendDeleted>(out var deleted))
            {
                steps.Add(work => End(work, deleted.FriendshipId, deleted.DeletedAt));
            }
            else if (e.Is<UserBlocked>(out var blocked))
            {
                steps.Add(work => On(blocked, work));
            }
            else if (e.Is<UserUnblocked>(out var unblocked))
            {
                steps.Add(work => On(unblocked, work));
            }
        }
        await users.EnsureLoaded(actors, ct);
        return work =>
        {
            notifications.In(work).Prefetch(recipients);
            foreach (var step in steps) step(work);
        };

        void Note(long actor, long user, Action<UnitOfWork> step)
        {
            actors.Add(actor);
            recipients.Add(user);
            steps.Add(step);
        }
    }

    private void On(FriendRequestSent e, UnitOfWork work)
    {
        var requester = users.Actor(e.RequesterId);
        // A pair keeps its friendship id forever; the time distinguishes a new request from an earlier one.
        Send(work, new NotificationDraft(
            e.AddresseeId, NotificationKind.FriendRequest, Source("friend_request", e.FriendshipId, e.SentAt),
            Titles.FriendRequest(requester), e.SentAt, e.Message is null ? null : Preview.From(e.Message), Actor: requester,
            FriendshipId: e.FriendshipId));
    }

    private void On(FriendRequestAccepted e, UnitOfWork work)
    {
        foreach (var request in UnreadUntil(work, e.FriendshipId, e.AcceptedAt).Where(n => n.Kind == NotificationKind.FriendRequest))
        {
            feed.Change(work, request, (n, now) => n.Read(now));
        }
        var addressee = users.Actor(e.AddresseeId);
        Send(work, new NotificationDraft(
            e.RequesterId, NotificationKind.FriendAccepted, Source("friend_accepted", e.FriendshipId, e.AcceptedAt),
            Titles.FriendAccepted(addressee), e.AcceptedAt, Actor: addressee, FriendshipId: e.FriendshipId));
    }

    private void On(FriendRequestRejected e, UnitOfWork work) => End(work, e.FriendshipId, e.RejectedAt);

    private void On(FriendRequestCancelled e, UnitOfWork work) => End(work, e.FriendshipId, e.CancelledAt);

    private static void On(UserBlocked e, UnitOfWork work) => BlockTable.Save(work, BlockChange.From(e));

    private static void On(UserUnblocked e, UnitOfWork work) => BlockTable.Save(work, BlockChange.From(e));

    private void End(UnitOfWork work, long friendshipId, DateTimeOffset at)
    {
        foreach (var unread in UnreadUntil(work, friendshipId, at)) feed.Change(work, unread, (n, now) => n.Remove(now));
    }

    private void Send(UnitOfWork work, NotificationDraft draft)
    {
        if (!BlockRows.FindBlocked(work, draft.UserId).Contains(draft.Actor!.UserId)) feed.Add(work, draft);
        else NotificationMetrics.Decided(work, draft.Kind, PushReason.Blocked);
    }

    /// <summary>Excludes what happened again later: an old event may be redelivered.</summary>
    private IEnumerable<Notification> UnreadUntil(UnitOfWork work, long friendshipId, DateTimeOffset at) =>
        notifications.In(work).OfFriendship(friendshipId).Where(unread => unread.HappenedAt <= at);

    private static string Source(string what, long friendshipId, DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}:{friendshipId}:{at.ToDb()}");
}
