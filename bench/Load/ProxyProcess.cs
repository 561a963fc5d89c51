using System.Net;
using System.Text.RegularExpressions;

namespace BigTech.Load;

/// <summary>A proxy in front of the echo: bare YARP, or the product's gateway.</summary>
internal sealed partial class ProxyProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _child;

    private ProxyProcess(ChildProcess child, IPEndPoint endpoint)
    {
        _child = child;
        Endpoint = endpoint;
    }

    public IPEndPoint Endpoint { get; }

    public ProcessUsage Usage => _child.Usage;

    public static Task<ProxyProcess> StartBare(IPEndPoint target, CancellationToken cancellation) =>
        Start(
            ChildProcess.Start([typeof(ProxyProcess).Assembly.Location, "proxy", $"http://{target}/"], Announcement()), cancellation);

    /// <param name="users">The User service, whose keys verify genuine tokens.</param>
    /// <param name="target">Replaces all other services.</param>
    public static Task<ProxyProcess> StartGateway(string dll, IPEndPoint users, IPEndPoint target, CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string>
        {
            ["BIGTECH_Services__Users"] = $"http://{users}",
            ["BIGTECH_Services__Friends"] = $"http://{target}",
            ["BIGTECH_Services__Chat"] = $"http://{target}",
            ["BIGTECH_Services__Notifications"] = $"http://{target}",
            ["BIGTECH_Gateway__UserPerMinute"] = "100000000",
            ["BIGTECH_Services__Secret"] = "the-secret-of-a-gateway-that-is-measured",
        };
        string[] arguments = [dll, "--target", "gateway", "--urls", "http://127.0.0.1:0"];
        return Start(ChildProcess.Start(arguments, Announcement(), settings), cancellation);
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private static async Task<ProxyProcess> Start(ChildProcess child, CancellationToken cancellation)
    {
        try
        {
            var address = new Uri(await child.Announcement(StartWithin, cancellation));
            return new ProxyProcess(child, new IPEndPoint(IPAddress.Parse(address.Host), address.Port));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    [GeneratedRegex(@"(?:gateway|proxy) listens on (http://[^\s""]+)")]
    private static partial Regex Announcement();
}
