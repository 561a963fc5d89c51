using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BigTech.BuildingBlocks.Streaming;

/// <summary>A change that knows when it was committed; a stream measures how long it took from there to the client's connection.</summary>
public interface ITimedChange
{
    /// <summary>By <see cref="Stopwatch"/>. 0: the moment at which it reaches the first stream.</summary>
    long CommittedAt { get; set; }
}

internal static class StreamMetrics
{
    private static readonly Counter<long> Deliveries = Meters.Meter.CreateCounter<long>(
        "bigtech.stream.deliveries", "{event}", "Live events that streams have handed to their connections.");

    private static readonly Histogram<double> DeliveryDuration = Meters.Meter.CreateHistogram<double>(
        "bigtech.stream.delivery.duration", "s", "Time from the commit of a change until a stream has handed it to its connection.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Meters.Latencies });

    private static readonly Counter<long> Resumes = Meters.Meter.CreateCounter<long>(
        "bigtech.stream.resumes", "{stream}", "Streams that went on where their clients stopped.");

    private static readonly Counter<long> Resets = Meters.Meter.CreateCounter<long>(
        "bigtech.stream.resets", "{reset}", "Events by which clients had to start over, by why.");

    private static readonly Counter<long> Rejections = Meters.Meter.CreateCounter<long>(
        "bigtech.stream.rejections", "{stream}", "Streams that were refused, by the code of the error.");

    public static void Delivered(string kind, int count) => Deliveries.Add(count, Kind(kind));

    /// <param name="committedAt">By <see cref="Stopwatch"/>.</param>
    public static void Took(string kind, long committedAt, long now) =>
        DeliveryDuration.Record(Stopwatch.GetElapsedTime(committedAt, now).TotalSeconds, Kind(kind));

    public static void Resumed(string kind) => Resumes.Add(1, Kind(kind));

    public static void Reset(string kind, string reason) => Resets.Add(1, Kind(kind), new("reason", reason));

    public static void Rejected(string kind, string code) => Rejections.Add(1, Kind(kind), new("reason", code));

    private static KeyValuePair<string, object?> Kind(string kind) => new("kind", kind);
}
