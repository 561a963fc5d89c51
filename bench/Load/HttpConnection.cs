using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace BigTech.Load;

/// <summary>
/// One keep-alive HTTP/1.1 connection that sends prepared request bytes and reads the answers, one at a time. It shares two cores with the
/// measured server, so an exchange allocates nothing and parses no more of the answer than necessary.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private const int InitialBuffer = 8 * 1024;
    private const int MaxAnswer = 8 * 1024 * 1024;

    private readonly Socket _socket;
    private byte[] _buffer = new byte[InitialBuffer];
    private int _bodyStart;
    private int _end;

    private HttpConnection(Socket socket) => _socket = socket;

    /// <summary>The body of the latest answer; valid until the next exchange.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_bodyStart, _end - _bodyStart);

    public static async Task<HttpConnection> Open(IPEndPoint endpoint, CancellationToken cancellation) =>
        new(await Connect(endpoint, cancellation));

    /// <summary>Opens a TCP connection with the socket options that all connections of the driver use.</summary>
    public static async Task<Socket> Connect(IPEndPoint endpoint, CancellationToken cancellation)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one request and returns the status once the whole answer has arrived.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> Exchange(ReadOnlyMemory<byte> request)
    {
        await Send(_socket, request);
        _bodyStart = _end = 0;
        HttpHead head;
        do
        {
            _end += await Receive();
        }
        while (!HttpHead.TryParse(_buffer.AsSpan(0, _end), out head));

        var decoder = new BodyDecoder(head);
        _bodyStart = head.Length;
        _end = _bodyStart + decoder.Decode(_buffer.AsSpan(_bodyStart, _end - _bodyStart));
        while (!decoder.IsComplete)
        {
            var received = await Receive();
            _end += decoder.Decode(_buffer.AsSpan(_end, received));
        }

        return head.Status;
    }

    /// <summary>Sends all of the bytes.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public static async ValueTask Send(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    public void Dispose() => _socket.Dispose();

    private ValueTask<int> Receive()
    {
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= MaxAnswer)
            {
                throw new IOException($"an answer is larger than {MaxAnswer} bytes");
            }

            Array.Resize(ref _buffer, _buffer.Length * 4);
        }

        return ReceiveSome(_socket, _buffer.AsMemory(_end));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<int> ReceiveSome(Socket socket, Memory<byte> target)
    {
        var received = await socket.ReceiveAsync(target, SocketFlags.None);
        return received > 0 ? received : throw new IOException("the server closed the connection");
    }
}
