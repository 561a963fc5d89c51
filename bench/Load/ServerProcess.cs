using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace BigTech.Load;

/// <summary>
/// The measured server: a process of its own with an empty data folder that is deleted afterwards, or, with a URL, an external server of
/// which only the answers are visible.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(5);
    private static readonly Uri DefaultMetrics = new("http://localhost:9464");
    private static readonly string[] Roles = ["gateway", "user", "friend", "chat", "notification"];

    private readonly ChildProcess? _child;

    private ServerProcess(ChildProcess? child, Uri address, Uri? metrics, TimeSpan startTime)
    {
        _child = child;
        Address = address;
        Metrics = metrics;
        Endpoint = new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
        StartTime = startTime;
    }

    public Uri Address { get; }

    /// <summary>Where it shows its metrics; null for an older build, which has no address for them.</summary>
    public Uri? Metrics { get; }

    public IPEndPoint Endpoint { get; }

    /// <summary>From the start of the process to the first "ready" answer.</summary>
    public TimeSpan StartTime { get; }

    /// <summary>Null for a server that this run did not start.</summary>
    public ProcessUsage? Usage => _child?.Usage;

    /// <summary>Starts the server on free loopback ports and waits until it reports that it is ready.</summary>
    public static async Task<ServerProcess> Start(
        string dll, string dataFolder, IReadOnlyDictionary<string, string> settings, CancellationToken cancellation, Uri? metrics = null)
    {
        var urls = string.Join(';', Roles.Select(role => $"{role}=http://127.0.0.1:0"));
        if (metrics is not null)
        {
            urls += $";metrics={metrics}";
        }

        var child = ChildProcess.Start([dll, "--data-dir", dataFolder, "--urls", urls], Announcement(), settings);
        try
        {
            var address = new Uri(await child.Announcement(StartWithin, cancellation));
            await WaitUntilReady(address, cancellation);
            return new ServerProcess(child, address, metrics, Stopwatch.GetElapsedTime(child.StartedAt));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>A server that runs already.</summary>
    public static ServerProcess Running(Uri address) => new(null, address, DefaultMetrics, TimeSpan.Zero);

    /// <summary>Stops the process, if this run started it, and returns how long that took.</summary>
    public async Task<TimeSpan> Stop() => _child is null ? TimeSpan.Zero : await _child.Stop();

    public async ValueTask DisposeAsync()
    {
        if (_child is not null)
        {
            await _child.DisposeAsync();
        }
    }

    private static async Task WaitUntilReady(Uri address, CancellationToken cancellation)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
        var request = HttpRequestBytes.Get(endpoint, "/health/ready", token: null);
        using var connection = await HttpConnection.Open(endpoint, cancellation);
        var clock = Stopwatch.StartNew();
        while (await connection.Exchange(request) != 200)
        {
            if (clock.Elapsed > StartWithin)
            {
                throw new LoadException($"{address} was not ready within {StartWithin.TotalSeconds} s");
            }

            await Task.Delay(AskAgainAfter, cancellation);
        }
    }

    [GeneratedRegex(@"gateway listens on (http://[^\s""]+)")]
    private static partial Regex Announcement();
}
