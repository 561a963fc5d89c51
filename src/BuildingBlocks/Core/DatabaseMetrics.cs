using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BigTech.BuildingBlocks.Core;

/// <summary>
/// Operations of every engine under one name (OpenTelemetry, semantic conventions for database client metrics). No label holds a statement.
/// </summary>
public static class DatabaseMetrics
{
    private const string SystemTag = "db.system.name";

    private static readonly Histogram<double> Duration = Meters.Meter.CreateHistogram<double>(
        "db.client.operation.duration", "s", "Time of one operation of a database, as its client sees it.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Meters.Latencies });

    /// <param name="system">Such as <c>mysql</c>.</param>
    /// <param name="operation">Of few different ones, such as <c>SELECT</c>.</param>
    /// <param name="started">By <see cref="Stopwatch"/>.</param>
    public static void Ran(string system, string operation, long started) => Ran(system, operation, Stopwatch.GetElapsedTime(started));

    /// <inheritdoc cref="Ran(string, string, long)"/>
    public static void Ran(string system, string operation, TimeSpan duration) =>
        Duration.Record(duration.TotalSeconds, new(SystemTag, system), new("db.operation.name", operation));

    /// <summary>An operation that failed.</summary>
    /// <inheritdoc cref="Ran(string, string, long)"/>
    public static void Failed(string system, string operation, TimeSpan duration, Exception error) => Duration.Record(
        duration.TotalSeconds, new(SystemTag, system), new("db.operation.name", operation), new("error.type", error.GetType().Name));

    /// <summary>Shows the connections of a pool.</summary>
    /// <param name="store">Whose pool it is.</param>
    public static void ObserveConnections(IMeterFactory meters, string system, string store, Func<(int Used, int Idle)> count)
    {
        meters.Create(Meters.Name).CreateObservableUpDownCounter(
            "bigtech.db.pool.connections", Measure, "{connection}", "Open connections to a database.");

        Measurement<int>[] Measure()
        {
            var (used, idle) = count();
            return [Of("used", used), Of("idle", idle)];
        }

        Measurement<int> Of(string state, int number) => new(number, new(SystemTag, system), new("state", state), new("store", store));
    }

    /// <summary>Shows how many reads of a store wait for a connection.</summary>
    public static void ObserveWaitingReads(IMeterFactory meters, string store, Func<int> count) =>
        meters.Create(Meters.Name).CreateObservableUpDownCounter(
            "bigtech.store.reader.waiting",
            () => new Measurement<int>(count(), new KeyValuePair<string, object?>("store", store)), "{read}",
            "Reads that wait for a connection.");
}
