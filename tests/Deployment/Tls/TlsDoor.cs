using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace BigTech.Tests.Deployment.Tls;

/// <summary>A door with TLS in front of a server that has none.</summary>
internal sealed class TlsDoor : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly int _target;

    public TlsDoor(X509Certificate2 certificate, int target)
    {
        _certificate = certificate;
        _target = target;
        _listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private async Task Accept()
    {
        try
        {
            while (true) _ = Pass(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The door is closed.
        }
    }

    private async Task Pass(TcpClient client)
    {
        try
        {
            using var _ = client;
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await using var outside = new SslStream(client.GetStream());
            await outside.AuthenticateAsServerAsync(_certificate);
            var inside = server.GetStream();
            await Task.WhenAny(outside.CopyToAsync(inside), inside.CopyToAsync(outside));
        }
        catch (Exception error) when (error is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // The client does not trust the certificate, or one of the two has gone.
        }
    }
}
