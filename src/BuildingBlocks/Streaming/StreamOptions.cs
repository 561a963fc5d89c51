using System.ComponentModel.DataAnnotations;

namespace BigTech.BuildingBlocks.Streaming;

/// <summary>Section <c>Streams</c>.</summary>
public sealed class StreamOptions
{
    /// <summary>A stream that has been silent this long gets a comment line, so that proxies keep it open.</summary>
    [Range(1, 1_000_000)]
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>A stream is ended after about this long, plus or minus a fifth, so that clients spread over the replicas again.</summary>
    [Range(0.001, 100_000)]
    public double RotateMinutes { get; set; } = 60;

    /// <summary>The maximum number of open streams per user.</summary>
    [Range(1, 1_000_000)]
    public int MaxPerUser { get; set; } = 64;

    /// <summary>The maximum number of queued events per reader before it has to start over.</summary>
    [Range(1, 1_000_000)]
    public int QueueLength { get; set; } = 1024;

    /// <summary>The maximum number of replays per user at the same time; further ones wait.</summary>
    [Range(1, 1_000_000)]
    public int MaxReplaysPerUser { get; set; } = 2;

    /// <summary>How many bytes a replay may have before its client has to start over.</summary>
    [Range(1024, 1L << 40)]
    public long MaxReplayBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long a reader may accept no data before the connection is aborted.</summary>
    [Range(1, 1_000_000)]
    public int StalledSeconds { get; set; } = 60;
}
