using System.Net.Sockets;
using System.Text;

namespace BigTech.Tests.EndToEnd;

/// <summary>Connections directly to the socket of the server under test, without a layer that could retry or follow redirects.</summary>
internal static class LoopbackConnections
{
    /// <summary>A proxy of a test has a certificate that it made for this machine.</summary>
    /// <param name="prepare">Configures each socket before it connects.</param>
    public static SocketsHttpHandler Handler(Action<Socket>? prepare) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=localhost" },
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                prepare?.Invoke(socket);
                await socket.ConnectAsync(context.DnsEndPoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
