using System.Data.Common;
using MongoDB.Driver;

namespace BigTech.Platform.Documents;

/// <summary>
/// There is no server that can take the call, or it gave no answer in time: whether a write was done is then unknown. The same to a
/// writer of SQL as its own store being gone, so that it gives up the whole transaction.
/// </summary>
public sealed class DocumentStoreGoneException(string message, Exception? cause = null) : DbException(message, cause);

/// <summary>What the driver's exceptions mean here.</summary>
public static class DocumentErrors
{
    // What servers say when they step down, stop, lose each other or run out of time: another one can take the call in a moment.
    private static readonly HashSet<int> Passing = [6, 7, 50, 64, 89, 91, 134, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436];

    /// <summary>The first document whose key another one has; null if that is not the error.</summary>
    public static BulkWriteError? DuplicateKey(this MongoBulkWriteException error) =>
        error.WriteErrors.FirstOrDefault(one => one.Category == ServerErrorCategory.DuplicateKey);

    /// <summary>Whether no server has answered, or it told of trouble that passes; otherwise a server has refused.</summary>
    internal static bool IsAway(Exception error) => error switch
    {
        // The end of the time limit, and the driver's own.
        OperationCanceledException or TimeoutException => true,
        // No connection, none that is free, no server that can be used.
        MongoConnectionException or MongoClientException => true,
        MongoExecutionTimeoutException or MongoCursorNotFoundException => true,
        MongoWriteConcernException => true,
        MongoCommandException command => Passing.Contains(command.Code),
        MongoBulkWriteException bulk => bulk.WriteConcernError is not null || bulk.WriteErrors.Any(one => Passing.Contains(one.Code)),
        MongoWriteException { InnerException: { } bulk } => IsAway(bulk),
        _ => false,
    };

    /// <summary>In one line: the driver tells of timeouts with the state of the whole cluster.</summary>
    internal static string Reason(Exception error) =>
        error is OperationCanceledException or TimeoutException ? "MongoDB gave no answer in time." : error.Message;
}
