using System.Runtime.CompilerServices;
using BigTech.Notifications.Domain;
using BigTech.Platform.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>Notifications as rows beside all else that the context knows: one transaction holds both.</summary>
internal sealed class SqlNotifications(Store database) : INotifications
{
    public ValueTask<T> Read<T>(Func<INotificationReader, ValueTask<T>> read, CancellationToken ct) => database.Read(session => read(new Reader(session)), ct);

    public INotificationWriter In(UnitOfWork session) => new Writer(session);

    public IAsyncEnumerable<List<TrimmedRow>> ReadBefore(DateTimeOffset before, CancellationToken ct) =>
        All(session => Trimming.ReadBefore(session, before), ct);

    public IAsyncEnumerable<List<TrimmedRow>> BeyondLimit(int limit, CancellationToken ct) => All(session => Trimming.BeyondLimit(session, limit), ct);

    private async IAsyncEnumerable<List<TrimmedRow>> All(Func<ReadSession, ValueTask<List<TrimmedRow>>> find, [EnumeratorCancellation] CancellationToken ct)
    {
        List<TrimmedRow> rows;
        do
        {
            // Those before have been deleted meanwhile.
            rows = await database.Read(find, ct);
            yield return rows;
        }
        while (rows.Count == Trimming.Together);
    }

    private sealed class Reader(ReadSession session) : INotificationReader
    {
        public async ValueTask<long> Version(long userId) => await NotificationRows.NextVersion(session, userId) - 1;

        public ValueTask<List<Notification>> Since(long userId, long version) => NotificationRows.Since(session, userId, version);

        public ValueTask<long> CountSince(long userId, long version) => NotificationRows.CountSince(session, userId, version);

        public ValueTask<long> CountUnread(long userId) => NotificationRows.CountUnread(session, userId);

        public ValueTask<long> CountAll(long userId) => NotificationRows.CountAll(session, userId);

        public ValueTask<List<Notification>> Before(long userId, bool unreadOnly, ListPlace place, int limit, int skip) =>
            NotificationRows.Before(session, userId, unreadOnly, place, limit, skip);

        public ValueTask<List<Notification>> After(long userId, bool unreadOnly, ListPlace place, int limit, int skip) =>
            NotificationRows.After(session, userId, unreadOnly, place, limit, skip);
    }

    private sealed class Writer(UnitOfWork session) : INotificationWriter
    {
        public void Foresee(IEnumerable<long> users)
        {
            // The rows are near: they are looked up when they are needed.
        }

        public long NextVersion(long userId) => NotificationRows.NextVersion(session, userId).Now();

        public bool TryInsert(Notification notification) => NotificationRows.TryInsert(session, notification);

        public void Update(Notification notification) => NotificationRows.Update(session, notification);

        public long CountUnread(long userId) => NotificationRows.CountUnread(session, userId).Now();

        public List<Notification> Find(long userId, IReadOnlyCollection<string> ids) =>
            [.. ids.Select(id => NotificationRows.Find(session, userId, id)).OfType<Notification>()];

        public List<Notification> Unread(long userId) => NotificationRows.Unread(session, userId);

        public List<Notification> OfOpenRequest(long friendshipId) => NotificationRows.OfOpenRequest(session, friendshipId);

        public List<Notification> OfNewMessages(IReadOnlyCollection<long> rooms) => NotificationRows.OfNewMessages(session, rooms);

        public List<Notification> OfMentions(IReadOnlyCollection<(long RoomId, long UserId)> readers) => NotificationRows.OfMentions(session, readers);

        public List<Notification> OfRoom(long roomId, long userId) => NotificationRows.OfRoom(session, roomId, userId);

        public List<Notification> OfMessage(string messageId) => NotificationRows.OfMessage(session, messageId);

        public int Delete(List<TrimmedRow> rows) => rows.Count(row => Trimming.TryDelete(session, row));
    }
}
