using System.Net;
using System.Net.Sockets;

namespace BigTech.Tests.Testing;

/// <summary>An address where connections are neither opened nor refused, as at a machine without power.</summary>
public sealed class NonReadingClient : IDisposable
{
    // Connections to the same machine open at once or never.
    private static readonly TimeSpan MaxOpening = Patience.Limit / 30;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _waiting = [];

    /// <summary>Fills the queue of unaccepted connections: the system drops all later ones.</summary>
    public NonReadingClient()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        while (Opens())
        {
        }
    }

    public Uri Address => new($"http://{_listener.LocalEndPoint}");

    public void Dispose()
    {
        foreach (var socket in _waiting) socket.Dispose();
        _listener.Dispose();
    }

    private bool Opens()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _waiting.Add(socket);
        return socket.ConnectAsync(_listener.LocalEndPoint!).Wait(MaxOpening);
    }
}
