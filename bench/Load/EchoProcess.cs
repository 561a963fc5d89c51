using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace BigTech.Load;

/// <summary>The bare Kestrel baseline, in a process of its own.</summary>
internal sealed partial class EchoProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _child;

    private EchoProcess(ChildProcess child, IPEndPoint endpoint, TimeSpan startTime)
    {
        _child = child;
        Endpoint = endpoint;
        StartTime = startTime;
        IdleBytes = child.Usage.ResidentBytes;
    }

    public IPEndPoint Endpoint { get; }

    /// <summary>From the start of the process to its first answer.</summary>
    public TimeSpan StartTime { get; }

    /// <summary>Resident memory after the first answer.</summary>
    public long IdleBytes { get; }

    public ProcessUsage Usage => _child.Usage;

    public static async Task<EchoProcess> Start(CancellationToken cancellation)
    {
        var child = ChildProcess.Start([typeof(EchoProcess).Assembly.Location, "echo"], Announcement());
        try
        {
            var endpoint = IPEndPoint.Parse(await child.Announcement(StartWithin, cancellation));
            using var connection = await HttpConnection.Open(endpoint, cancellation);
            await connection.Exchange(new EchoExchange(endpoint).Next(0));
            return new EchoProcess(child, endpoint, Stopwatch.GetElapsedTime(child.StartedAt));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Measures the echo with the given number of connections.</summary>
    public Task<LoopResult> Measure(int connections, Pace pace, CancellationToken cancellation)
    {
        var exchanges = Enumerable.Range(0, connections).Select(_ => new EchoExchange(Endpoint)).ToArray();
        return ClosedLoop.Run(Endpoint, exchanges, pace, Usage, cancellation);
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    [GeneratedRegex("^" + EchoServer.ListensOn + @"http://(\S+)$")]
    private static partial Regex Announcement();
}
