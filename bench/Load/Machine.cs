using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace BigTech.Load;

/// <summary>The machine on which the figures were measured; without it they have no meaning.</summary>
internal sealed record Machine(
    int Cores,
    string Processor,
    double MemoryGigabytes,
    string OperatingSystem,
    string DotnetVersion,
    long? OpenFileLimit,
    double SyncMilliseconds)
{
    private const int SyncWrites = 200;
    private const int SyncBytes = 4096;
    private const double TicksPerSecond = 100;

    /// <summary>Inspects this machine and measures the cost of a durable write of one block in the given folder.</summary>
    public static Machine Inspect(string folder) => new(
        Environment.ProcessorCount,
        TextAfter("model name", "/proc/cpuinfo") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        SoftOpenFileLimit(),
        MedianSyncMilliseconds(folder));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cores} cores ({Processor}), {MemoryGigabytes} GB, {DotnetVersion}, {OperatingSystem};"
        + $" a 4 KB write with sync takes {SyncMilliseconds:0.00} ms");

    private static double MedianSyncMilliseconds(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "sync-probe");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        var block = new byte[SyncBytes];
        var times = new LatencyHistogram();
        for (var i = 0; i < SyncWrites; i++)
        {
            var startedAt = Stopwatch.GetTimestamp();
            file.Write(block);
            file.Flush(flushToDisk: true);
            times.RecordTicks(Stopwatch.GetTimestamp() - startedAt);
        }

        return times.PercentileMilliseconds(0.5);
    }

    /// <summary>How many files and sockets one process may hold open here; null where that is unknown.</summary>
    public static long? SoftOpenFileLimit() =>
        TextAfter("Max open files", "/proc/self/limits") is { } limits
        && long.TryParse(limits.Split(' ')[0], CultureInfo.InvariantCulture, out var soft)
            ? soft
            : null;

    /// <exception cref="LoadException">This machine cannot hold so many connections.</exception>
    public static void RequireOpenFiles(int connections, string option)
    {
        const int spare = 200;
        if (SoftOpenFileLimit() is { } limit && limit < connections + spare)
        {
            throw new LoadException(
                $"{connections} connections need {connections + spare} open files and the limit is {limit}:"
                + $" raise it with 'ulimit -n', or ask for fewer with {option}");
        }
    }

    /// <summary>
    /// The processor time that all processes together have used so far, plus the time that the host of a virtual machine withheld.
    /// Interrupts belong to no process and are excluded. Null where it is unknown.
    /// </summary>
    public static double? BusySeconds()
    {
        if (TextAfter("cpu ", "/proc/stat") is not { } text)
        {
            return null;
        }

        var ticks = text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture))
            .ToArray();
        var (user, nice, system, stolen) = (ticks[0], ticks[1], ticks[2], ticks[7]);
        return (user + nice + system + stolen) / TicksPerSecond;
    }

    private static string? TextAfter(string name, string path)
    {
        var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) : null;
        return line?[name.Length..].Trim(' ', '\t', ':');
    }
}
