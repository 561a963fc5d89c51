using System.Diagnostics;
using System.Numerics;

namespace BigTech.Load;

/// <summary>
/// Counts durations in buckets that are at most 1/64 of their value wide, from one microsecond up. Recording allocates nothing and takes no
/// lock: each connection has its own histogram, and they are merged afterwards.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 6;
    private const int SubBuckets = 1 << SubBucketBits;
    private const int MaxExponent = 36;
    private const long MaxMicroseconds = (1L << MaxExponent) - 1;

    private readonly int[] _counts = new int[(MaxExponent - SubBucketBits + 1) * SubBuckets];
    private long _maxMicroseconds;

    /// <summary>The number of recorded durations.</summary>
    public long Count { get; private set; }

    /// <summary>The longest recorded duration in milliseconds, exact.</summary>
    public double MaxMilliseconds => _maxMicroseconds / 1000.0;

    /// <summary>Records a duration in <see cref="Stopwatch"/> ticks.</summary>
    public void RecordTicks(long stopwatchTicks)
    {
        var microseconds = Math.Clamp(stopwatchTicks * 1_000_000 / Stopwatch.Frequency, 0, MaxMicroseconds);
        _counts[BucketOf(microseconds)]++;
        Count++;
        _maxMicroseconds = Math.Max(_maxMicroseconds, microseconds);
    }

    /// <summary>Adds what another histogram recorded.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            _counts[bucket] += other._counts[bucket];
        }

        Count += other.Count;
        _maxMicroseconds = Math.Max(_maxMicroseconds, other._maxMicroseconds);
    }

    /// <summary>The milliseconds that the given share (0..1) of all durations does not exceed; 0 when there are none.</summary>
    public double PercentileMilliseconds(double share)
    {
        var wanted = (long)Math.Ceiling(share * Count);
        var seen = 0L;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted && seen > 0)
            {
                return Math.Min(UpperEdgeOf(bucket), _maxMicroseconds) / 1000.0;
            }
        }

        return 0;
    }

    private static int BucketOf(long microseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)microseconds | 1) - SubBucketBits);
        return (shift << SubBucketBits) + (int)(microseconds >> shift);
    }

    private static long UpperEdgeOf(int bucket)
    {
        if (bucket < 2 * SubBuckets)
        {
            return bucket;
        }

        var shift = (bucket >> SubBucketBits) - 1;
        var leading = (bucket & (SubBuckets - 1)) + SubBuckets;
        return ((leading + 1L) << shift) - 1;
    }
}
