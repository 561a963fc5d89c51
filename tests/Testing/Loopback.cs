using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BigTech.Tests.Testing;

/// <summary>Unused ports of this machine.</summary>
internal static class Loopback
{
    // Below the ports that systems give to outgoing connections: one of those could have a port by the time at which a test listens there.
    private const int First = 20_000, Last = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (Given.TryAdd(port, true) && IsFree(port)) return port;
        }
    }

    /// <summary>An address without a listener.</summary>
    public static Uri UnusedAddress() => new($"http://127.0.0.1:{FreePort()}");

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
