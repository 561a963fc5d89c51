using BigTech.Notifications.Domain;
using BigTech.Platform;
using BigTech.Platform.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>
/// The notifications of all users: rows of the context's own database, or documents of a store beside it. All else that the context knows
/// is rows always. Whatever the store, a change of notifications and the rest of its transaction happen together, or not at all.
/// </summary>
internal interface INotifications
{
    /// <summary>Runs a read outside of any transaction.</summary>
    /// <exception cref="AppError">503 <c>store_unavailable</c>, <c>overloaded</c>.</exception>
    ValueTask<T> Read<T>(Func<INotificationReader, ValueTask<T>> read, CancellationToken ct);

    /// <summary>The notifications as a transaction sees and changes them.</summary>
    INotificationWriter In(UnitOfWork work);

    /// <summary>
    /// What was read, or ended, before a time, some at once, but for each user's newest change: his next version is counted from it. Give
    /// each part to <see cref="INotificationWriter.Delete"/> before the next is asked for.
    /// </summary>
    IAsyncEnumerable<List<TrimmedRow>> ReadBefore(DateTimeOffset before, CancellationToken ct);

    /// <summary>The oldest of users who have more than so many, read or not. See <see cref="ReadBefore"/>.</summary>
    IAsyncEnumerable<List<TrimmedRow>> BeyondLimit(int limit, CancellationToken ct);
}

/// <summary>Notifications as readers see them.</summary>
internal interface INotificationReader
{
    /// <summary>A user's version. What is read after it is at least as new.</summary>
    ValueTask<long> Version(long userId);

    /// <summary>What has changed behind a version, each as it is now, in the order of the last changes, and none of them left out.</summary>
    ValueTask<List<Notification>> Since(long userId, long version);

    ValueTask<long> CountSince(long userId, long version);

    ValueTask<long> CountUnread(long userId);

    ValueTask<long> CountAll(long userId);

    /// <summary>Those that are older than a place, newest first.</summary>
    ValueTask<List<Notification>> Before(long userId, bool unreadOnly, ListPlace place, int limit, int skip);

    /// <summary>Those that are newer than a place, oldest first.</summary>
    ValueTask<List<Notification>> After(long userId, bool unreadOnly, ListPlace place, int limit, int skip);
}

/// <summary>Notifications within a transaction, with what it has done to them so far. Only <see cref="NotificationFeed"/> alters them.</summary>
internal interface INotificationWriter
{
    /// <summary>Says of which users the transaction is going to ask: a store that is far away asks for all of them at once.</summary>
    void Prefetch(IEnumerable<long> users);

    /// <summary>The version that the next change of a user's notifications takes.</summary>
    long NextVersion(long userId);

    /// <returns>False when the user has one of that source: then nothing has happened.</returns>
    bool TryInsert(Notification notification);

    /// <summary>Stores what has become of one that was found here.</summary>
    void Update(Notification notification);

    long CountUnread(long userId);

    /// <summary>Those of some ids that are a user's.</summary>
    List<Notification> Find(long userId, IReadOnlyCollection<string> ids);

    /// <summary>From the oldest to the newest.</summary>
    List<Notification> Unread(long userId);

    /// <summary>The unread notifications of a request to be friends.</summary>
    List<Notification> OfOpenRequest(long friendshipId);

    /// <summary>The unread notifications of new messages in some rooms: of each of a room's users one, or none.</summary>
    List<Notification> OfNewMessages(IReadOnlyCollection<long> rooms);

    /// <summary>The unread mentions of users in rooms.</summary>
    List<Notification> OfMentions(IReadOnlyCollection<(long RoomId, long UserId)> readers);

    /// <summary>All that one user has of a room.</summary>
    List<Notification> OfRoom(long roomId, long userId);

    /// <summary>All that show a message, read or not.</summary>
    List<Notification> OfMessage(string messageId);

    /// <summary>Deletes those that have not changed since, and remembers how far a user's versions are gone.</summary>
    /// <returns>How many.</returns>
    int Delete(List<TrimmedRow> rows);
}

/// <summary>One user's share of a group commit, foreseen before any of it runs.</summary>
internal sealed class NotificationWork<T>(INotifications notifications, long userId, Func<UnitOfWork, INotificationWriter, T> change) : WriteCommand<T>
{
    protected override void Prepare(UnitOfWork work) => notifications.In(work).Prefetch([userId]);

    protected override T Execute(UnitOfWork work) => change(work, notifications.In(work));
}
