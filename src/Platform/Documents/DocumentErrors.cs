using System.Data.Common;
using MongoDB.Driver;

namespace BigTech.Platform.Documents;

/// <summary>
/// No server took the call, or none answered in time: whether a write was done is then unknown. The same to a writer of SQL as its own store
/// being gone, so that it gives up the whole transaction.
/// </summary>
public sealed class DocumentStoreGoneException(string message, Exception? cause = null) : DbException(message, cause);

/// <summary>What the driver's exceptions mean here.</summary>
public static class DocumentErrors
{
    /// <summary>The first document whose key another one has; null if that is not the error.</summary>
    public static BulkWriteError? DuplicateKey(this MongoBulkWriteException error) =>
        error.WriteErrors.FirstOrDefault(one => one.Category == ServerErrorCategory.DuplicateKey);

    /// <summary>
    /// Whether the call can succeed later: without an answer, or refused by a server that has no room, no right for this account or no time. Only a key
    /// that is taken is the caller's own affair.
    /// </summary>
    internal static bool IsUnavailable(Exception error) => error switch
    {
        MongoBulkWriteException bulk => bulk.DuplicateKey() is null,
        // The end of the time limit, and what the driver throws.
        OperationCanceledException or TimeoutException or MongoException => true,
        _ => false,
    };

    /// <summary>In one line: the driver tells of timeouts with the state of the whole cluster.</summary>
    internal static string Reason(Exception error) =>
        error is OperationCanceledException or TimeoutException ? "MongoDB gave no answer in time." : error.Message;
}
