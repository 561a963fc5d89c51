using System.Diagnostics.Metrics;

namespace BigTech.BuildingBlocks.Storage.Sql;

internal static class SqlMetrics
{
    private static readonly Histogram<int> BatchSize = Meters.Meter.CreateHistogram<int>(
        "bigtech.store.writer.batch.size", "{write}", "Writes that shared one commit.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] });

    private static readonly Histogram<double> CommitDuration = Meters.Meter.CreateHistogram<double>(
        "bigtech.store.commit.duration", "s", "Time to run and commit one batch of writes.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Meters.Latencies });

    public static void Observe(Store store, IMeterFactory meters)
    {
        DatabaseMetrics.ObserveConnections(meters, store.Engine.SystemName, store.Name, () => store.Connections);
        DatabaseMetrics.ObserveWaitingReads(meters, store.Name, () => store.WaitingReads);
    }

    public static void BatchCommitted(string store, int size, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("store", store);
        BatchSize.Record(size, tag);
        CommitDuration.Record(duration.TotalSeconds, tag);
    }
}
