using System.Runtime.CompilerServices;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Views;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Notifications.Storage;

/// <summary>
/// Notifications as MongoDB documents; all other data is in SQL. No transaction covers both, so SQL is authoritative: a transaction commits
/// its changes of notifications to a log table, and then writes them to MongoDB. The next holder of the lock first writes what is still
/// missing there. A repeated or late write changes nothing. Readers query only MongoDB, which is never ahead.
/// </summary>
internal sealed partial class MongoNotifications(
    DocumentDatabase documents, INotificationPublisher publisher, ILogger<MongoNotifications> logger) : INotifications
{
    private readonly IMongoCollection<BsonDocument> _notifications = documents.Collection(NotificationDocuments.Collection);

    // Used only by the writer. The log numbers that this process has written to MongoDB.
    private readonly HashSet<long> _projected = [];
    private bool _hasIndexes;

    public async ValueTask<T> Read<T>(Func<INotificationReader, ValueTask<T>> read, CancellationToken ct) =>
        await documents.Run(limit => read(new Reader(_notifications, limit)).AsTask(), ct);

    public INotificationWriter In(UnitOfWork work) => Writer(work);

    /// <summary>Writes what other transactions have left, and nothing else.</summary>
    public void ResolvePending(UnitOfWork work) => Writer(work).ResolvePending();

    /// <summary>Creates the indexes of the collection.</summary>
    public void EnsureIndexes()
    {
        if (!_hasIndexes) Call((notifications, limit) => notifications.Indexes.CreateMany(NotificationDocuments.Indexes, limit));
        _hasIndexes = true;
    }

    /// <summary>Queries or changes the documents, on the writer.</summary>
    /// <inheritdoc cref="DocumentDatabase.Call{T}"/>
    public T Call<T>(Func<IMongoCollection<BsonDocument>, CancellationToken, T> call) =>
        documents.Call(limit => call(_notifications, limit));

    /// <summary>Writes committed changes of other transactions that MongoDB may lack, and removes them from the log.</summary>
    public void ProjectMissing(UnitOfWork work)
    {
        var numbers = PendingDocumentWrites.Numbers(work).Now();
        _projected.IntersectWith(numbers);
        foreach (var number in numbers)
        {
            if (!_projected.Contains(number)) ProjectPending(PendingDocumentWrites.Read(work, number));
        }
        if (numbers.Count > 0) PendingDocumentWrites.DeleteUpTo(work, numbers[^1]);
    }

    /// <summary>Runs after the commit. Failed writes stay in the log.</summary>
    public void ProjectCommitted(List<LoggedChanges> logged)
    {
        if (logged.Count == 0) return;
        Try(() =>
        {
            foreach (var part in logged) Project(part, part.Changes);
        });
    }

    /// <summary>Runs after the commit. Documents of a failed deletion are found again by their age.</summary>
    public void Delete(List<TrimmedRow> rows)
    {
        if (rows.Count > 0)
        {
            Try(() => Call((notifications, limit) => notifications.DeleteMany(NotificationDocuments.Unchanged(rows), limit)));
        }
    }

    public async IAsyncEnumerable<List<TrimmedRow>> ReadBefore(DateTimeOffset before, [EnumeratorCancellation] CancellationToken ct)
    {
        List<(TrimmedRow Row, long ReadAt)> found = [];
        do
        {
            (long, string)? last = found.Count > 0 ? (found[^1].ReadAt, found[^1].Row.Id) : null;
            found = await Ask(NotificationDocuments.ReadBefore(_notifications, before.ToDb(), last), ct);
            yield return await WithoutNewest(found.ConvertAll(one => one.Row), ct);
        }
        while (found.Count == Trimming.BatchSize);
    }

    public async IAsyncEnumerable<List<TrimmedRow>> BeyondLimit(int limit, [EnumeratorCancellation] CancellationToken ct)
    {
        // One more than the limit, because the user's newest change is never deleted.
        foreach (var user in await Ask(NotificationDocuments.UsersBeyond(_notifications, limit + 1), ct))
        {
            var rows = await Ask(NotificationDocuments.Beyond(_notifications, user, limit), ct);
            foreach (var part in rows.Chunk(Trimming.BatchSize)) yield return await WithoutNewest([.. part], ct);
        }
    }

    private MongoNotificationWriter Writer(UnitOfWork work) => work.BatchState(
        () => new MongoNotificationWriter(this, work), static (writer, _) => writer.Flush(), static writer => writer.Publish());

    private Task<List<T>> Ask<T>(DocumentQuery<T> query, CancellationToken ct) => documents.Run(query.ToListAsync, ct);

    private async Task<List<TrimmedRow>> WithoutNewest(List<TrimmedRow> rows, CancellationToken ct)
    {
        if (rows.Count == 0) return rows;
        var users = rows.Select(row => row.User_Id).Distinct().ToList();
        var found = await Ask(NotificationDocuments.Versions(_notifications, users), ct);
        var versions = found.ToDictionary(one => one.UserId, one => one.Version);
        return rows.FindAll(row => row.Version < versions.GetValueOrDefault(row.User_Id));
    }

    private void ProjectPending(LoggedChanges part)
    {
        var changes = part.Changes.ToList();
        // Changes are written in order, so the last one stands for all of them.
        var last = NotificationDocuments.At(changes[^1].Id, changes[^1].Version);
        if (Call((notifications, limit) => notifications.CountDocuments(last, cancellationToken: limit)) > 0)
        {
            _projected.Add(part.Number);
            return;
        }
        Project(part, changes);
        LogProjected(changes.Count);
        // Streams that read the store did not find the change, or received no signal.
        if (!publisher.StreamsRead) return;
        foreach (var change in changes)
        {
            publisher.Signal(new NotificationSignal(change.UserId, change.Version - 1, change.Version));
        }
    }

    private void Project(LoggedChanges part, IEnumerable<DocumentChange> changes)
    {
        var writes = changes.Select(Write).ToList();
        Call((notifications, limit) => notifications.BulkWrite(writes, cancellationToken: limit));
        _projected.Add(part.Number);
    }

    /// <summary>A write that changes nothing if it was done before, whatever happened since.</summary>
    private static WriteModel<BsonDocument> Write(DocumentChange change) => change.IsNew
        ? new UpdateOneModel<BsonDocument>(
            NotificationDocuments.ById(change.Id), new BsonDocument("$setOnInsert", change.Fields))
        { IsUpsert = true }
        : new ReplaceOneModel<BsonDocument>(NotificationDocuments.Before(change.Id, change.Version), change.Fields);

    private void Try(Action write)
    {
        try
        {
            EnsureIndexes();
            write();
        }
        catch (DocumentStoreUnavailableException error)
        {
            // The change is committed; MongoDB receives it when it is available.
            LogBehind(error);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "MongoDB unavailable for committed notifications; they are projected later")]
    private partial void LogBehind(Exception error);

    [LoggerMessage(2, LogLevel.Information, "Projected {Count} pending notifications to MongoDB")]
    private partial void LogProjected(int count);

    private sealed class Reader(IMongoCollection<BsonDocument> notifications, CancellationToken ct) : INotificationReader
    {
        public async ValueTask<long> Version(long userId) =>
            (await NotificationDocuments.Version(notifications, userId).ToListAsync(ct)).FirstOrDefault();

        public async ValueTask<List<Notification>> Since(long userId, long version) =>
            await NotificationDocuments.Since(notifications, userId, version).ToListAsync(ct);

        public ValueTask<long> CountSince(long userId, long version) => Count(NotificationDocuments.Behind(userId, version));

        public ValueTask<long> CountUnread(long userId) => Count(NotificationDocuments.UnreadOf(userId));

        public ValueTask<long> CountAll(long userId) => Count(NotificationDocuments.AllOf(userId));

        public async ValueTask<List<Notification>> Before(long userId, bool unreadOnly, NotificationListPlace place, int limit, int skip) =>
            await NotificationDocuments.Page(notifications, userId, unreadOnly, place, newer: false, limit, skip).ToListAsync(ct);

        public async ValueTask<List<Notification>> After(long userId, bool unreadOnly, NotificationListPlace place, int limit, int skip) =>
            await NotificationDocuments.Page(notifications, userId, unreadOnly, place, newer: true, limit, skip).ToListAsync(ct);

        private async ValueTask<long> Count(FilterDefinition<BsonDocument> filter) =>
            await notifications.CountDocumentsAsync(filter, cancellationToken: ct);
    }
}
