using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Notifications.Storage;

/// <summary>Writes committed changes to MongoDB even without further writes: after an outage, or for a crashed process.</summary>
internal sealed class MongoProjection(Store store, MongoNotifications notifications, TimeProvider time, ILogger<MongoProjection> logger)
    : PeriodicService("Projecting notifications to MongoDB", TimeSpan.FromSeconds(1), time, logger)
{
    protected override LogLevel FailureLevel => LogLevel.Debug;

    public override async Task RunOnce(CancellationToken ct)
    {
        var waits = await store.Read(async reader => (await PendingDocumentWrites.Numbers(reader)).Count > 0, ct);
        if (waits) await store.Write(notifications.ResolvePending);
    }
}
