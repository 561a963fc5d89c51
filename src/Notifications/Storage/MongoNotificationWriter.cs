using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Notifications.Storage;

/// <summary>
/// The notifications of one transaction: the state of MongoDB, with the pending changes on top. Each query covers all prefetched users.
/// </summary>
internal sealed class MongoNotificationWriter(MongoNotifications store, UnitOfWork work) : INotificationWriter
{
    private readonly Dictionary<string, TrackedNotification> _tracked = [];
    private readonly List<TrackedNotification> _drafts = [];
    private readonly HashSet<long> _prefetched = [];
    private readonly Dictionary<long, long> _versions = [];
    private readonly Dictionary<string, HashSet<long>> _usersBySource = [];

    // The count in MongoDB, and its difference by pending changes.
    private readonly Dictionary<long, long> _unread = [];
    private readonly Dictionary<long, long> _moreUnread = [];

    private List<LoggedChanges> _logged = [];
    private bool _isResolved;
    private long _lastChange;

    private sealed class TrackedNotification(Notification now, bool isNew)
    {
        public Notification Now = now;
        public readonly bool IsNew = isNew;

        // The position of its last change in this transaction; 0: unchanged.
        public long Change;
    }

    public void Prefetch(IEnumerable<long> users) => _prefetched.UnionWith(users);

    public long NextVersion(long userId)
    {
        if (!_versions.ContainsKey(userId)) Load(_versions, userId, NotificationDocuments.Versions);
        return _versions[userId] + 1;
    }

    public bool TryInsert(Notification notification)
    {
        if (!UsersWith(notification.Source).Add(notification.UserId)) return false;
        var tracked = new TrackedNotification(notification, isNew: true);
        _tracked.Add(notification.Id, tracked);
        Note(tracked, notification.IsUnread ? 1 : 0);
        return true;
    }

    public void Update(Notification notification)
    {
        var tracked = _tracked[notification.Id];
        var more = (notification.IsUnread ? 1 : 0) - (tracked.Now.IsUnread ? 1 : 0);
        tracked.Now = notification;
        Note(tracked, more);
    }

    public long CountUnread(long userId)
    {
        if (!_unread.ContainsKey(userId)) Load(_unread, userId, NotificationDocuments.CountUnread);
        return _unread[userId] + _moreUnread.GetValueOrDefault(userId);
    }

    public List<Notification> Find(long userId, IReadOnlyCollection<string> ids)
    {
        var wanted = ids.ToHashSet();
        return Find(NotificationDocuments.ByIds(ids), n => n.UserId == userId && wanted.Contains(n.Id));
    }

    public List<Notification> Unread(long userId) => Find(NotificationDocuments.UnreadOf(userId), n => n.UserId == userId && n.IsUnread);

    public List<Notification> OfFriendship(long friendshipId) => Find(
        NotificationDocuments.OfFriendship(friendshipId), n => n.FriendshipId == friendshipId && n.IsUnread);

    public List<Notification> OfNewMessages(IReadOnlyCollection<long> rooms)
    {
        var wanted = rooms.ToHashSet();
        return Find(
            NotificationDocuments.NewMessages(rooms),
            n => n.Place is { } place && wanted.Contains(place.RoomId) && n is { Kind: NotificationKind.Message, IsUnread: true });
    }

    public List<Notification> OfMentions(IReadOnlyCollection<(long RoomId, long UserId)> readers)
    {
        var wanted = readers.ToHashSet();
        return Find(
            NotificationDocuments.Mentions(
                readers.Select(reader => reader.RoomId).Distinct(), readers.Select(reader => reader.UserId).Distinct()),
            n => n.Place is { } place && wanted.Contains((place.RoomId, n.UserId))
                && n is { Kind: NotificationKind.Mention, IsUnread: true });
    }

    public List<Notification> OfInvites(long userId) => Find(
        NotificationDocuments.InvitesOf(userId), n => n.UserId == userId && n is { Kind: NotificationKind.GroupInvite, IsUnread: true });

    public List<Notification> OfRoom(long roomId, long userId) => Find(
        NotificationDocuments.OfRoom(roomId, userId), n => n.Place?.RoomId == roomId && n.UserId == userId && !n.IsRemoved);

    public List<Notification> OfSystem(long roomId) => Find(
        NotificationDocuments.SystemOf(roomId), n => n.Place?.RoomId == roomId && n is { Kind: NotificationKind.System, IsUnread: true });

    public List<Notification> OfMessage(string messageId) => Find(
        NotificationDocuments.OfMessage(messageId), n => n.Place?.MessageId == messageId && !n.IsRemoved);

    public int Delete(List<TrimmedRow> rows)
    {
        var versions = rows.ToDictionary(row => row.Id, row => row.Version);
        var found = Find(NotificationDocuments.ByIds(versions.Keys), n => versions.GetValueOrDefault(n.Id) == n.Version);
        var unchanged = found.ConvertAll(n => new TrimmedRow(n.Id, n.UserId, n.Version));
        foreach (var row in unchanged) Trimming.Remember(work, row);
        work.AfterCommit(() => store.Delete(unchanged));
        return unchanged.Count;
    }

    /// <summary>Ensures that MongoDB has all changes that were committed before.</summary>
    public void ResolvePending() => Ask(static (_, _) => true);

    /// <summary>Writes the pending changes to the log. After the commit the log is authoritative, even if MongoDB fails.</summary>
    public void Flush()
    {
        var changes = _drafts.OrderBy(tracked => tracked.Change).Select(tracked => DocumentChange.From(tracked.Now, tracked.IsNew));
        _logged = DocumentChange.WriteAll(changes).ConvertAll(data => PendingDocumentWrites.Append(work, data));
    }

    public void Publish() => store.ProjectCommitted(_logged);

    private HashSet<long> UsersWith(string source)
    {
        if (!_usersBySource.TryGetValue(source, out var users))
        {
            _usersBySource.Add(
                source, users = [.. Ask((documents, limit) => NotificationDocuments.UsersWith(documents, source).ToList(limit))]);
        }
        return users;
    }

    private void Note(TrackedNotification tracked, long moreUnread)
    {
        var user = tracked.Now.UserId;
        if (tracked.Change == 0) _drafts.Add(tracked);
        tracked.Change = ++_lastChange;
        _versions[user] = tracked.Now.Version;
        _moreUnread[user] = _moreUnread.GetValueOrDefault(user) + moreUnread;
        work.MarkDirty();
    }

    private void Load(
        Dictionary<long, long> known, long userId,
        Func<IMongoCollection<BsonDocument>, IEnumerable<long>, DocumentQuery<(long UserId, long Number)>> find)
    {
        var users = _prefetched.Append(userId).Where(user => !known.ContainsKey(user)).Distinct().ToList();
        var found = Ask((documents, limit) => find(documents, users).ToList(limit));
        foreach (var user in users) known[user] = 0;
        foreach (var (user, number) in found) known[user] = number;
    }

    /// <summary>The matching notifications, including changes of this transaction, from the oldest to the newest.</summary>
    private List<Notification> Find(FilterDefinition<BsonDocument> filter, Func<Notification, bool> matches) =>
    [
        .. Ask((documents, limit) => NotificationDocuments.Find(documents, filter).ToList(limit)).ConvertAll(Track).Union(_drafts)
            .Select(tracked => tracked.Now).Where(matches).OrderBy(n => n.HappenedAt).ThenBy(n => n.Id, StringComparer.Ordinal),
    ];

    private TrackedNotification Track(Notification found)
    {
        // The state in this transaction is newer than what was read.
        if (!_tracked.TryGetValue(found.Id, out var tracked))
        {
            _tracked.Add(found.Id, tracked = new TrackedNotification(found, isNew: false));
        }
        return tracked;
    }

    private T Ask<T>(Func<IMongoCollection<BsonDocument>, CancellationToken, T> question)
    {
        store.EnsureIndexes();
        if (!_isResolved) store.ProjectMissing(work);
        _isResolved = true;
        return store.Call(question);
    }
}
