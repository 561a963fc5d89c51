using System.Runtime.CompilerServices;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Storage;

/// <summary>Notifications as rows of the context's database: one transaction covers them and all other data.</summary>
internal sealed class SqlNotifications(Store store) : INotifications
{
    public ValueTask<T> Read<T>(Func<INotificationReader, ValueTask<T>> read, CancellationToken ct) =>
        store.Read(reader => read(new Reader(reader)), ct);

    public INotificationWriter In(UnitOfWork work) => new Writer(work);

    public IAsyncEnumerable<List<TrimmedRow>> ReadBefore(DateTimeOffset before, CancellationToken ct) =>
        All(reader => Trimming.ReadBefore(reader, before), ct);

    public IAsyncEnumerable<List<TrimmedRow>> BeyondLimit(int limit, CancellationToken ct) =>
        All(reader => Trimming.BeyondLimit(reader, limit), ct);

    private async IAsyncEnumerable<List<TrimmedRow>> All(
        Func<ReadSession, ValueTask<List<TrimmedRow>>> find, [EnumeratorCancellation] CancellationToken ct)
    {
        List<TrimmedRow> rows;
        do
        {
            // The previous rows have been deleted meanwhile.
            rows = await store.Read(find, ct);
            yield return rows;
        }
        while (rows.Count == Trimming.BatchSize);
    }

    private sealed class Reader(ReadSession reader) : INotificationReader
    {
        public async ValueTask<long> Version(long userId) => await NotificationRows.NextVersion(reader, userId) - 1;

        public ValueTask<List<Notification>> Since(long userId, long version) => NotificationRows.Since(reader, userId, version);

        public ValueTask<long> CountSince(long userId, long version) => NotificationRows.CountSince(reader, userId, version);

        public ValueTask<long> CountUnread(long userId) => NotificationRows.CountUnread(reader, userId);

        public ValueTask<long> CountAll(long userId) => NotificationRows.CountAll(reader, userId);

        public ValueTask<List<Notification>> Before(long userId, bool unreadOnly, NotificationListPlace place, int limit, int skip) =>
            NotificationRows.Before(reader, userId, unreadOnly, place, limit, skip);

        public ValueTask<List<Notification>> After(long userId, bool unreadOnly, NotificationListPlace place, int limit, int skip) =>
            NotificationRows.After(reader, userId, unreadOnly, place, limit, skip);
    }

    private sealed class Writer(UnitOfWork work) : INotificationWriter
    {
        public void Prefetch(IEnumerable<long> users)
        {
            // Rows of the same database are read when they are needed.
        }

        public long NextVersion(long userId) => NotificationRows.NextVersion(work, userId).Now();

        public bool TryInsert(Notification notification) => NotificationRows.TryInsert(work, notification);

        public void Update(Notification notification) => NotificationRows.Update(work, notification);

        public long CountUnread(long userId) => NotificationRows.CountUnread(work, userId).Now();

        public List<Notification> Find(long userId, IReadOnlyCollection<string> ids) =>
            [.. ids.Select(id => NotificationRows.Find(work, userId, id)).OfType<Notification>()];

        public List<Notification> Unread(long userId) => NotificationRows.Unread(work, userId);

        public List<Notification> OfFriendship(long friendshipId) => NotificationRows.OfFriendship(work, friendshipId);

        public List<Notification> OfNewMessages(IReadOnlyCollection<long> rooms) => NotificationRows.OfNewMessages(work, rooms);

        public List<Notification> OfMentions(IReadOnlyCollection<(long RoomId, long UserId)> readers) =>
            NotificationRows.OfMentions(work, readers);

        public List<Notification> OfInvites(long userId) => NotificationRows.OfInvites(work, userId);

        public List<Notification> OfRoom(long roomId, long userId) => NotificationRows.OfRoom(work, roomId, userId);

        public List<Notification> OfSystem(long roomId) => NotificationRows.OfSystem(work, roomId);

        public List<Notification> OfMessage(string messageId) => NotificationRows.OfMessage(work, messageId);

        public int Delete(List<TrimmedRow> rows) => rows.Count(row => Trimming.TryDelete(work, row));
    }
}
