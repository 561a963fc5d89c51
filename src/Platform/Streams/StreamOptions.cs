using System.ComponentModel.DataAnnotations;

namespace BigTech.Platform.Streams;

/// <summary>Section <c>Streams</c>.</summary>
public sealed class StreamOptions
{
    /// <summary>A stream that has been silent this long gets a comment line, so that proxies keep it open.</summary>
    [Range(1, 1_000_000)]
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>A stream is ended after about this long, give or take a fifth, so that clients spread over the replicas again.</summary>
    [Range(0.001, 100_000)]
    public double RotateMinutes { get; set; } = 60;

    /// <summary>How many streams one user may hold open.</summary>
    [Range(1, 1_000_000)]
    public int MaxPerUser { get; set; } = 64;

    /// <summary>How many events may wait for one reader before it is told to start over.</summary>
    [Range(1, 1_000_000)]
    public int QueueLength { get; set; } = 1024;

    /// <summary>How long a reader may take nothing at all before the connection is cut.</summary>
    [Range(1, 1_000_000)]
    public int StalledSeconds { get; set; } = 60;
}
