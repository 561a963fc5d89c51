using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BigTech.BuildingBlocks.Core;

/// <summary>The product's meter and activity source. Instruments hold no state of a host, so hosts in one process may share them.</summary>
public static class Meters
{
    public const string Name = "BigTech.Chat";

    public static Meter Meter { get; } = new(Name);

    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Histogram bounds in seconds for latencies that users notice.</summary>
    public static double[] Latencies { get; } =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
}
