using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Storage;

/// <summary>
/// The notifications of all users: rows of the context's own database, or documents of a separate store. All other data of the context is
/// always rows. With either store, changes of notifications are atomic with the rest of their transaction.
/// </summary>
internal interface INotifications
{
    /// <summary>Runs a read outside of any transaction.</summary>
    /// <exception cref="AppError">503 <c>store_unavailable</c>, <c>overloaded</c>.</exception>
    ValueTask<T> Read<T>(Func<INotificationReader, ValueTask<T>> read, CancellationToken ct);

    /// <summary>The notifications as a transaction sees and changes them.</summary>
    INotificationWriter In(UnitOfWork work);

    /// <summary>
    /// Notifications that were read, or ended, before a time, in batches. Each user's newest change is excluded: their next version is
    /// counted from it. Pass each batch to <see cref="INotificationWriter.Delete"/> before you read the next.
    /// </summary>
    IAsyncEnumerable<List<TrimmedRow>> ReadBefore(DateTimeOffset before, CancellationToken ct);

    /// <summary>
    /// The notifications of users above a limit: first what has ended, then the oldest, read or not. See <see cref="ReadBefore"/>.
    /// </summary>
    IAsyncEnumerable<List<TrimmedRow>> BeyondLimit(int limit, CancellationToken ct);
}

/// <summary>Notifications as readers see them.</summary>
internal interface INotificationReader
{
    /// <summary>A user's version. Later reads are at least as new.</summary>
    ValueTask<long> Version(long userId);

    /// <summary>All notifications that changed after a version, in their current state, ordered by their last change.</summary>
    ValueTask<List<Notification>> Since(long userId, long version);

    ValueTask<long> CountSince(long userId, long version);

    ValueTask<long> CountUnread(long userId);

    ValueTask<long> CountAll(long userId);

    /// <summary>Notifications older than a position, newest first.</summary>
    ValueTask<List<Notification>> Before(long userId, bool unreadOnly, NotificationListPlace place, int limit, int skip);

    /// <summary>Notifications newer than a position, oldest first.</summary>
    ValueTask<List<Notification>> After(long userId, bool unreadOnly, NotificationListPlace place, int limit, int skip);
}

/// <summary>Notifications within a transaction, including its own changes. Only <see cref="NotificationFeed"/> changes them.</summary>
internal interface INotificationWriter
{
    /// <summary>Announces the users that the transaction will query: a remote store queries all of them together.</summary>
    void Prefetch(IEnumerable<long> users);

    /// <summary>The version of the next change of a user's notifications.</summary>
    long NextVersion(long userId);

    /// <returns>False, without a change, if the user already has one of that source.</returns>
    bool TryInsert(Notification notification);

    /// <summary>Stores a change of a notification that was found here.</summary>
    void Update(Notification notification);

    long CountUnread(long userId);

    /// <summary>The notifications with these ids that belong to the user.</summary>
    List<Notification> Find(long userId, IReadOnlyCollection<string> ids);

    /// <summary>From the oldest to the newest.</summary>
    List<Notification> Unread(long userId);

    /// <summary>The unread notifications of a friendship: of its request, and that it was accepted.</summary>
    List<Notification> OfFriendship(long friendshipId);

    /// <summary>The unread notifications of new messages in several rooms: at most one per room and user.</summary>
    List<Notification> OfNewMessages(IReadOnlyCollection<long> rooms);

    /// <summary>The unread mentions of users in rooms.</summary>
    List<Notification> OfMentions(IReadOnlyCollection<(long RoomId, long UserId)> readers);

    /// <summary>The unread invitations of a user: at most one for each user who invited them.</summary>
    List<Notification> OfInvites(long userId);

    /// <summary>All notifications of a user about a room; an invitation into several is about the newest of them.</summary>
    List<Notification> OfRoom(long roomId, long userId);

    /// <summary>The unread notifications of a room itself, of all users who were told of it.</summary>
    List<Notification> OfSystem(long roomId);

    /// <summary>All notifications that show a message, read or not.</summary>
    List<Notification> OfMessage(string messageId);

    /// <summary>Deletes rows that have not changed since, and records the newest deleted version of each user.</summary>
    /// <returns>The number of deleted rows.</returns>
    int Delete(List<TrimmedRow> rows);
}

/// <summary>One user's command in a group commit; the user is prefetched before the batch runs.</summary>
internal sealed class NotificationWork<T>(INotifications notifications, long userId, Func<UnitOfWork, INotificationWriter, T> change)
    : WriteCommand<T>
{
    protected override void Prepare(UnitOfWork work) => notifications.In(work).Prefetch([userId]);

    protected override T Execute(UnitOfWork work) => change(work, notifications.In(work));
}
