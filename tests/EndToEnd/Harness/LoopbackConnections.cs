using System.Net.Sockets;
using System.Text;

namespace BigTech.Tests.EndToEnd;

/// <summary>Connections to the server under test: straight to its socket, with nothing between that could retry or follow.</summary>
internal static class LoopbackConnections
{
    /// <param name="prepare">What to do with each socket before it connects.</param>
    public static SocketsHttpHandler Handler(Action<Socket>? prepare) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
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
