using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BigTech.Load;

/// <summary>
/// A process that this run starts and always stops: it asks first, and kills a process that does not stop. A dedicated thread reads the
/// output, so that a process with much output never blocks.
/// </summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(25);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();
    private readonly Regex _announcement;
    private readonly TaskCompletionSource<string> _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process, Regex announcement)
    {
        _process = process;
        _announcement = announcement;
        Usage = new ProcessUsage(process);
    }

    /// <summary>The start time as a <see cref="Stopwatch"/> timestamp.</summary>
    public long StartedAt { get; private init; }

    public ProcessUsage Usage { get; }

    public int Id => _process.Id;

    /// <summary>Starts <c>dotnet</c> with the given arguments. The first group of the announcement is the listening address.</summary>
    public static ChildProcess Start(
        IEnumerable<string> arguments, Regex announcement, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        SocketThread.KeepFrom(start.Environment);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var startedAt = Stopwatch.GetTimestamp();
        var process = Process.Start(start) ?? throw new LoadException("dotnet could not be started");
        var child = new ChildProcess(process, announcement) { StartedAt = startedAt };
        AppDomain.CurrentDomain.ProcessExit += child.KillAtExit;
        child.ReadLines(process.StandardOutput);
        child.ReadLines(process.StandardError);
        return child;
    }

    /// <summary>Waits for the announcement and returns its first group.</summary>
    public async Task<string> Announcement(TimeSpan within, CancellationToken cancellation)
    {
        try
        {
            return await _announced.Task.WaitAsync(within, cancellation);
        }
        catch (TimeoutException)
        {
            throw new LoadException($"process {Id} did not say within {within.TotalSeconds} s where it listens{LastLines()}");
        }
    }

    /// <summary>Stops the process and returns how long that took.</summary>
    public async Task<TimeSpan> Stop()
    {
        var clock = Stopwatch.StartNew();
        if (!_process.HasExited)
        {
            if (!OperatingSystem.IsWindows()) AskToEnd(_process.Id);
            _process.StandardInput.Close();
            using var deadline = new CancellationTokenSource(StopWithin);
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        return clock.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        Usage.Dispose();
    }

    private void ReadLines(StreamReader output) => new Thread(() =>
    {
        while (output.ReadLine() is { } line)
        {
            Keep(line);
            if (!_announced.Task.IsCompleted && _announcement.Match(line) is { Success: true } match)
            {
                _announced.TrySetResult(match.Groups[1].Value);
            }
        }

        _announced.TrySetException(new LoadException($"the process ended before it listened{LastLines()}"));
    })
    { IsBackground = true }.Start();

    private void Keep(string line)
    {
        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > KeptLines)
            {
                _lastLines.Dequeue();
            }
        }
    }

    private string LastLines()
    {
        lock (_lastLines)
        {
            return _lastLines.Count == 0 ? "" : ":\n  " + string.Join("\n  ", _lastLines);
        }
    }

    private void KillAtExit(object? sender, EventArgs e)
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>.NET can kill a process but cannot ask it to end.</summary>
    private static void AskToEnd(int processId)
    {
        using var kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {processId}")]);
        kill.WaitForExit();
    }
}
