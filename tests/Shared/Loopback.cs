using System.Net;
using System.Net.Sockets;

namespace BigTech.Tests.Shared;

/// <summary>Ports of this machine that nobody uses.</summary>
internal static class Loopback
{
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>An address where nobody listens.</summary>
    public static Uri Nobody() => new($"http://127.0.0.1:{FreePort()}");
}
