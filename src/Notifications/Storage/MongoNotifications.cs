using System.Runtime.CompilerServices;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Streaming;
using BigTech.Platform.Documents;
using BigTech.Platform.Sql;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace BigTech.Notifications.Storage;

/// <summary>
/// Notifications as documents of MongoDB, beside all else in SQL. There is no transaction over both, so SQL decides: a transaction commits
/// what its notifications have become into a log among its rows, and then brings it to MongoDB. Whoever has the lock next brings what is
/// still missing there, before anything else; doing so again, or late, changes nothing. Readers ask MongoDB alone, which is never ahead.
/// </summary>
internal sealed partial class MongoNotifications(DocumentDatabase documents, NotificationHub hub, ILogger<MongoNotifications> logger) : INotifications
{
    private readonly IMongoCollection<BsonDocument> _notifications = documents.Collection(NotificationDocuments.Collection);

    // These are the writer's alone. Numbers of the log that this process has brought.
    private readonly HashSet<long> _brought = [];
    private bool _hasIndexes;

    public async ValueTask<T> Read<T>(Func<INotificationReader, ValueTask<T>> read, CancellationToken ct) =>
        await documents.Run(limit => read(new Reader(_notifications, limit)).AsTask(), ct);

    public INotificationWriter In(UnitOfWork work) => Writer(work);

    /// <summary>Brings what other transactions have left, and nothing else.</summary>
    public void Settle(UnitOfWork work) => Writer(work).Settle();

    /// <summary>Makes sure that the collection is ready.</summary>
    public void EnsureIndexes()
    {
        if (!_hasIndexes) Call((notifications, limit) => notifications.Indexes.CreateMany(NotificationDocuments.Indexes, limit));
        _hasIndexes = true;
    }

    /// <summary>Asks, or changes, the notifications' documents, as the writer does it.</summary>
    /// <inheritdoc cref="DocumentDatabase.Call{T}"/>
    public T Call<T>(Func<IMongoCollection<BsonDocument>, CancellationToken, T> call) => documents.Call(limit => call(_notifications, limit));

    /// <summary>Brings what other transactions have committed and MongoDB may not have, and takes it out of the log.</summary>
    public void BringMissing(UnitOfWork work)
    {
        var numbers = PendingDocumentWrites.Numbers(work).Now();
        _brought.IntersectWith(numbers);
        foreach (var number in numbers)
        {
            if (!_brought.Contains(number)) BringLate(PendingDocumentWrites.Read(work, number));
        }
        if (numbers.Count > 0) PendingDocumentWrites.DeleteUpTo(work, numbers[^1]);
    }

    /// <summary>After the commit. What fails stays in the log.</summary>
    public void BringCommitted(List<LoggedChanges> logged)
    {
        if (logged.Count == 0) return;
        Try(() =>
        {
            foreach (var part in logged) Bring(part, part.Changes);
        });
    }

    /// <summary>After the commit. What fails is found again by its age.</summary>
    public void Delete(List<TrimmedRow> rows)
    {
        if (rows.Count > 0) Try(() => Call((notifications, limit) => notifications.DeleteMany(NotificationDocuments.Unchanged(rows), limit)));
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
        while (found.Count == Trimming.Together);
    }

    public async IAsyncEnumerable<List<TrimmedRow>> BeyondLimit(int limit, [EnumeratorCancellation] CancellationToken ct)
    {
        // One more may be his newest change, which stays.
        foreach (var user in await Ask(NotificationDocuments.UsersBeyond(_notifications, limit + 1), ct))
        {
            var rows = await Ask(NotificationDocuments.Beyond(_notifications, user, limit), ct);
            foreach (var part in rows.Chunk(Trimming.Together)) yield return await WithoutNewest([.. part], ct);
        }
    }

    private MongoNotificationWriter Writer(UnitOfWork work) => work.BatchState(
        () => new MongoNotificationWriter(this, work), static (writer, _) => writer.Flush(), static writer => writer.Publish());

    private Task<List<T>> Ask<T>(DocumentQuery<T> query, CancellationToken ct) => documents.Run(query.ToListAsync, ct);

    private async Task<List<TrimmedRow>> WithoutNewest(List<TrimmedRow> rows, CancellationToken ct)
    {
        if (rows.Count == 0) return rows;
        var users = rows.Select(row => row.User_Id).Distinct().ToList();
        var versions = (await Ask(NotificationDocuments.Versions(_notifications, users), ct)).ToDictionary(one => one.UserId, one => one.Version);
        return rows.FindAll(row => row.Version < versions.GetValueOrDefault(row.User_Id));
    }

    private void BringLate(LoggedChanges part)
    {
        var changes = part.Changes.ToList();
        // They are done in their order, so the last one tells of all of them.
        var last = NotificationDocuments.At(changes[^1].Id, changes[^1].Version);
        if (Call((notifications, limit) => notifications.CountDocuments(last, cancellationToken: limit)) > 0)
        {
            _brought.Add(part.Number);
            return;
        }
        Bring(part, changes);
        LogBroughtLate(changes.Count);
        // Streams that read have looked in vain, or were not told at all.
        if (!hub.StreamsRead) return;
        foreach (var change in changes)
        {
            hub.Tell(new NotificationSignal(change.UserId, change.Version - 1, change.Version));
        }
    }

    private void Bring(LoggedChanges part, IEnumerable<DocumentChange> changes)
    {
        var writes = changes.Select(Write).ToList();
        Call((notifications, limit) => notifications.BulkWrite(writes, cancellationToken: limit));
        _brought.Add(part.Number);
    }

    /// <summary>One that changes nothing where it has been done before, whatever has happened since.</summary>
    private static WriteModel<BsonDocument> Write(DocumentChange change) => change.IsNew
        ? new UpdateOneModel<BsonDocument>(NotificationDocuments.ById(change.Id), new BsonDocument("$setOnInsert", change.Fields)) { IsUpsert = true }
        : new ReplaceOneModel<BsonDocument>(NotificationDocuments.Before(change.Id, change.Version), change.Fields);

    private void Try(Action write)
    {
        try
        {
            EnsureIndexes();
            write();
        }
        catch (DocumentStoreGoneException error)
        {
            // It is committed; MongoDB gets it as soon as it answers.
            LogBehind(error);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "MongoDB unavailable for committed notifications; they are projected later")]
    private partial void LogBehind(Exception error);

    [LoggerMessage(2, LogLevel.Information, "Projected {Count} pending notifications to MongoDB")]
    private partial void LogBroughtLate(int count);

    private sealed class Reader(IMongoCollection<BsonDocument> notifications, CancellationToken ct) : INotificationReader
    {
        public async ValueTask<long> Version(long userId) =>
            (await NotificationDocuments.Version(notifications, userId).ToListAsync(ct)).FirstOrDefault();

        public async ValueTask<List<Notification>> Since(long userId, long version) =>
            await NotificationDocuments.Since(notifications, userId, version).ToListAsync(ct);

        public ValueTask<long> CountSince(long userId, long version) => Count(NotificationDocuments.Behind(userId, version));

        public ValueTask<long> CountUnread(long userId) => Count(NotificationDocuments.UnreadOf(userId));

        public ValueTask<long> CountAll(long userId) => Count(NotificationDocuments.AllOf(userId));

        public async ValueTask<List<Notification>> Before(long userId, bool unreadOnly, ListPlace place, int limit, int skip) =>
            await NotificationDocuments.Page(notifications, userId, unreadOnly, place, newer: false, limit, skip).ToListAsync(ct);

        public async ValueTask<List<Notification>> After(long userId, bool unreadOnly, ListPlace place, int limit, int skip) =>
            await NotificationDocuments.Page(notifications, userId, unreadOnly, place, newer: true, limit, skip).ToListAsync(ct);

        private async ValueTask<long> Count(FilterDefinition<BsonDocument> filter) =>
            await notifications.CountDocumentsAsync(filter, cancellationToken: ct);
    }
}
