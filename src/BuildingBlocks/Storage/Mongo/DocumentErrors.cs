using System.Data.Common;
using MongoDB.Driver;

namespace BigTech.BuildingBlocks.Storage.Mongo;

/// <summary>
/// No server accepted the call, or none answered in time; it is then unknown whether a write was done. A writer of SQL handles it like an
/// unavailable store and abandons the whole transaction.
/// </summary>
public sealed class DocumentStoreUnavailableException(string message, Exception? cause = null) : DbException(message, cause);

/// <summary>Classifies the driver's exceptions.</summary>
public static class DocumentErrors
{
    /// <summary>The first duplicate key error; null if there is none.</summary>
    public static BulkWriteError? DuplicateKey(this MongoBulkWriteException error) =>
        error.WriteErrors.FirstOrDefault(one => one.Category == ServerErrorCategory.DuplicateKey);

    /// <summary>
    /// Whether the call can succeed later: there was no answer, or the server has no space, no permission for this account or no time. Only
    /// a duplicate key is an error of the caller.
    /// </summary>
    internal static bool IsUnavailable(Exception error) => error switch
    {
        MongoBulkWriteException bulk => bulk.DuplicateKey() is null,
        // The end of the time limit, and exceptions of the driver.
        OperationCanceledException or TimeoutException or MongoException => true,
        _ => false,
    };

    /// <summary>The reason in one line: the driver's timeout messages include the state of the whole cluster.</summary>
    internal static string Reason(Exception error) =>
        error is OperationCanceledException or TimeoutException ? "MongoDB gave no answer in time." : error.Message;
}
