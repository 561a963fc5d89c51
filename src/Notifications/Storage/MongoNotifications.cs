using System.Runtime.CompilerServices;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Live;
using BigTech.Platform.Documents;
using BigTech.Platform.Sql;
using Microsoft.Extensions.Logging;

namespace BigTech.Notifications.Storage;

/// <summary>
/// Notifications as documents of MongoDB, beside all else in SQL. There is no transaction over both, so SQL decides: a transaction commits
/// what its notifications have become into a log among its rows, and then brings it to MongoDB. Whoever has the lock next brings what is
/// still missing there, before anything else; doing so again, or late, changes nothing. Readers ask MongoDB alone, which is never ahead.
/// </summary>
internal sealed partial class MongoNotifications(DocumentDatabase documents, NotificationHub hub, ILogger<MongoNotifications> logger) : INotifications
{
    // These are the writer's alone. Numbers of the log that this process has brought.
    private readonly HashSet<long> _brought = [];
    private bool _hasIndexes;

    public async ValueTask<T> Read<T>(Func<INotificationReader, ValueTask<T>> read, CancellationToken ct) =>
        await documents.Run(session => read(new Reader(session)).Now(), ct);

    public INotificationWriter In(WriteSession session) => Writer(session);

    /// <summary>Brings what other transactions have left, and nothing else.</summary>
    public void Settle(WriteSession session) => Writer(session).Settle();

    /// <summary>A session for the writer, with the collection ready.</summary>
    public DocumentSession Open()
    {
        var session = documents.Open();
        try
        {
            if (!_hasIndexes) NotificationDocuments.CreateIndexes(session);
            _hasIndexes = true;
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Brings what other transactions have committed and MongoDB may not have, and takes it out of the log.</summary>
    public void Settle(WriteSession session, DocumentSession open)
    {
        var numbers = DocumentLog.Numbers(session).Now();
        _brought.IntersectWith(numbers);
        foreach (var number in numbers)
        {
            if (!_brought.Contains(number)) BringLate(open, DocumentLog.Read(session, number));
        }
        if (numbers.Count > 0) DocumentLog.DeleteUpTo(session, numbers[^1]);
    }

    /// <summary>After the commit. What fails stays in the log.</summary>
    public void BringCommitted(List<LoggedChanges> logged)
    {
        if (logged.Count == 0) return;
        Try(open =>
        {
            foreach (var part in logged) Bring(open, part, [.. part.Changes]);
        });
    }

    /// <summary>After the commit. What fails is found again by its age.</summary>
    public void Delete(List<TrimmedRow> rows)
    {
        if (rows.Count > 0) Try(open => open.Delete(NotificationDocuments.Collection, NotificationDocuments.Unchanged(rows)));
    }

    public async IAsyncEnumerable<List<TrimmedRow>> ReadBefore(DateTimeOffset before, [EnumeratorCancellation] CancellationToken ct)
    {
        List<(TrimmedRow Row, long ReadAt)> found = [];
        do
        {
            (long, string)? last = found.Count > 0 ? (found[^1].ReadAt, found[^1].Row.Id) : null;
            found = await documents.Run(session => NotificationDocuments.ReadBefore(session, before.ToDb(), last), ct);
            yield return await WithoutNewest(found.ConvertAll(one => one.Row), ct);
        }
        while (found.Count == Trimming.Together);
    }

    public async IAsyncEnumerable<List<TrimmedRow>> BeyondLimit(int limit, [EnumeratorCancellation] CancellationToken ct)
    {
        // One more may be his newest change, which stays.
        foreach (var user in await documents.Run(session => NotificationDocuments.UsersBeyond(session, limit + 1), ct))
        {
            var rows = await documents.Run(session => NotificationDocuments.Beyond(session, user, limit), ct);
            foreach (var part in rows.Chunk(Trimming.Together)) yield return await WithoutNewest([.. part], ct);
        }
    }

    private MongoNotificationWriter Writer(WriteSession session) => session.Shared(
        () => new MongoNotificationWriter(this, session), static (writer, _) => writer.Flush(), static writer => writer.Publish());

    private async Task<List<TrimmedRow>> WithoutNewest(List<TrimmedRow> rows, CancellationToken ct)
    {
        if (rows.Count == 0) return rows;
        var users = rows.Select(row => row.User_Id).Distinct().ToList();
        var versions = (await documents.Run(session => NotificationDocuments.Versions(session, users), ct)).ToDictionary(one => one.UserId, one => one.Version);
        return rows.FindAll(row => row.Version < versions.GetValueOrDefault(row.User_Id));
    }

    private void BringLate(DocumentSession open, LoggedChanges part)
    {
        var changes = part.Changes.ToList();
        // They are done in their order, so the last one tells of all of them.
        var last = NotificationDocuments.At(changes[^1].Id, changes[^1].Version);
        if (open.Count(NotificationDocuments.Collection, last) > 0)
        {
            _brought.Add(part.Number);
            return;
        }
        Bring(open, part, changes);
        LogBroughtLate(changes.Count);
        // Streams that read have looked in vain, or were not told at all.
        if (!hub.StreamsRead) return;
        foreach (var change in changes)
        {
            hub.Tell(new NotificationNews(change.UserId, change.Version - 1, change.Version));
        }
    }

    private void Bring(DocumentSession open, LoggedChanges part, List<DocumentChange> changes)
    {
        open.UpdateAll(NotificationDocuments.Collection, changes.Select(Update));
        _brought.Add(part.Number);
    }

    /// <summary>One that changes nothing where it has been done before, whatever has happened since.</summary>
    private static DocumentUpdate Update(DocumentChange change) => change.IsNew
        ? new DocumentUpdate(
            NotificationDocuments.ById(change.Id), new BsonWriter().Write("$setOnInsert", change.Fields).ToDocument(), IsUpsert: true)
        : new DocumentUpdate(NotificationDocuments.Before(change.Id, change.Version), change.Fields);

    private void Try(Action<DocumentSession> write)
    {
        try
        {
            using var open = Open();
            write(open);
        }
        catch (Exception error) when (error is DocumentStoreGoneException or DocumentException)
        {
            // It is committed; MongoDB gets it as soon as it answers.
            LogBehind(error);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "MongoDB does not take notifications that are committed; it gets them later")]
    private partial void LogBehind(Exception error);

    [LoggerMessage(2, LogLevel.Information, "MongoDB has {Count} notifications now that were committed before")]
    private partial void LogBroughtLate(int count);

    private sealed class Reader(DocumentSession session) : INotificationReader
    {
        public ValueTask<long> Version(long userId) => new(NotificationDocuments.Version(session, userId));

        public ValueTask<List<Notification>> Since(long userId, long version) => new(NotificationDocuments.Since(session, userId, version));

        public ValueTask<long> CountSince(long userId, long version) => new(NotificationDocuments.CountSince(session, userId, version));

        public ValueTask<long> CountUnread(long userId) => new(NotificationDocuments.CountUnread(session, userId));

        public ValueTask<long> CountAll(long userId) => new(NotificationDocuments.CountAll(session, userId));

        public ValueTask<List<Notification>> Before(long userId, bool unreadOnly, ListPlace place, int limit, int skip) =>
            new(NotificationDocuments.Page(session, userId, unreadOnly, place, newer: false, limit, skip));

        public ValueTask<List<Notification>> After(long userId, bool unreadOnly, ListPlace place, int limit, int skip) =>
            new(NotificationDocuments.Page(session, userId, unreadOnly, place, newer: true, limit, skip));
    }
}
