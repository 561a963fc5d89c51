using System.Diagnostics;
using System.Globalization;

namespace BigTech.Load;

/// <summary>Memory and processor time of a process, read from outside.</summary>
internal sealed class ProcessUsage : IDisposable
{
    private static readonly TimeSpan SettleStep = TimeSpan.FromSeconds(1);

    private readonly Process _process;

    public ProcessUsage(Process process) => _process = process;

    /// <summary>User and system time spent so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The current resident memory, from /proc where that exists.</summary>
    public long ResidentBytes
    {
        get
        {
            var status = $"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/status";
            if (File.Exists(status))
            {
                var line = File.ReadLines(status).First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
                return 1024 * long.Parse(line.AsSpan()["VmRSS:".Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture);
            }

            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static ProcessUsage OfThisProcess() => new(Process.GetCurrentProcess());

    /// <summary>Waits until the resident memory has been stable, within half a per cent, for three seconds, and returns it.</summary>
    public async Task<long> SettledResidentBytes(TimeSpan atMost, CancellationToken cancellation)
    {
        const int CalmSteps = 3;
        var clock = Stopwatch.StartNew();
        var before = ResidentBytes;
        for (var calm = 0; calm < CalmSteps && clock.Elapsed < atMost;)
        {
            await Task.Delay(SettleStep, cancellation);
            var now = ResidentBytes;
            calm = Math.Abs(now - before) * 200 < before ? calm + 1 : 0;
            before = now;
        }

        return before;
    }

    public void Dispose() => _process.Dispose();
}
