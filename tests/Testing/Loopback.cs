using System.Net;
using System.Net.Sockets;

namespace BigTech.Tests.Testing;

/// <summary>Unused ports of this machine.</summary>
internal static class Loopback
{
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>An address without a listener.</summary>
    public static Uri UnusedAddress() => new($"http://127.0.0.1:{FreePort()}");
}
