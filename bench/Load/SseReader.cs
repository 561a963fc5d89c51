using System.Net;
using System.Net.Sockets;

namespace BigTech.Load;

/// <summary>Receives the events of a stream. Spans are valid only during the call.</summary>
internal interface ISseListener
{
    /// <summary>An event has arrived, at a <see cref="System.Diagnostics.Stopwatch"/> timestamp.</summary>
    void OnEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, ReadOnlySpan<byte> data, long arrivedAt);
}

/// <summary>
/// One open event stream on a raw socket. An idle reader is a pending receive and a small buffer, without a thread; an event costs one pass
/// over its bytes.
/// </summary>
internal sealed class SseReader : IDisposable
{
    private const int InitialBuffer = 2 * 1024;
    private const int MaxEvent = 1024 * 1024;

    private readonly Socket _socket;
    private readonly ISseListener _listener;
    private readonly TaskCompletionSource _firstEvent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _buffer = new byte[InitialBuffer];
    private int _start;
    private int _end;
    private volatile bool _disposed;

    private SseReader(Socket socket, ISseListener listener)
    {
        _socket = socket;
        _listener = listener;
    }

    /// <summary>Why the stream ended although the driver did not close it; null while it is open.</summary>
    public string? Failure { get; private set; }

    /// <summary>Opens a stream and returns when its first event has arrived; every stream begins with one.</summary>
    public static async Task<SseReader> Open(
        IPEndPoint endpoint, ReadOnlyMemory<byte> request, ISseListener listener, CancellationToken cancellation)
    {
        var reader = new SseReader(await HttpConnection.Connect(endpoint, cancellation), listener);
        try
        {
            await HttpConnection.Send(reader._socket, request);
            _ = reader.ReadToEnd();
            await reader._firstEvent.Task.WaitAsync(cancellation);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _socket.Dispose();
    }

    private async Task ReadToEnd()
    {
        try
        {
            await Read();
            Failure = "the server ended the stream";
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            Failure = _disposed ? null : e.Message;
        }

        _firstEvent.TrySetException(new IOException(Failure ?? "closed"));
    }

    private async Task Read()
    {
        HttpHead head;
        do
        {
            var received = await Receive();
            if (received == 0)
            {
                return;
            }

            _end += received;
        }
        while (!HttpHead.TryParse(_buffer.AsSpan(0, _end), out head));

        if (head.Status != 200)
        {
            throw new IOException($"the stream was answered with {head.Status}");
        }

        var decoder = new BodyDecoder(head);
        _start = head.Length;
        _end = _start + decoder.Decode(_buffer.AsSpan(_start, _end - _start));
        while (true)
        {
            TakeEvents();
            var received = await Receive();
            if (received == 0 || decoder.IsComplete)
            {
                return;
            }

            _end += decoder.Decode(_buffer.AsSpan(_end, received));
        }
    }

    private ValueTask<int> Receive()
    {
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= MaxEvent)
            {
                throw new IOException($"an event is larger than {MaxEvent} bytes");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        return _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
    }

    private void TakeEvents()
    {
        var arrivedAt = System.Diagnostics.Stopwatch.GetTimestamp();
        while (TakeEvent(_buffer.AsSpan(_start, _end - _start), arrivedAt, out var length))
        {
            _start += length;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
    }

    /// <summary>Handles the first complete block of lines, which may be only a comment that keeps the stream alive.</summary>
    private bool TakeEvent(ReadOnlySpan<byte> text, long arrivedAt, out int length)
    {
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> id = default;
        ReadOnlySpan<byte> data = default;
        length = 0;
        while (text[length..].IndexOf((byte)'\n') is var lineEnd and >= 0)
        {
            var line = text.Slice(length, lineEnd).TrimEnd((byte)'\r');
            length += lineEnd + 1;
            if (line.IsEmpty)
            {
                Dispatch(name, id, data, arrivedAt);
                return true;
            }

            if (line.StartsWith("data: "u8))
            {
                data = line["data: ".Length..];
            }
            else if (line.StartsWith("event: "u8))
            {
                name = line["event: ".Length..];
            }
            else if (line.StartsWith("id: "u8))
            {
                id = line["id: ".Length..];
            }
        }

        return false;
    }

    private void Dispatch(ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, ReadOnlySpan<byte> data, long arrivedAt)
    {
        if (name.IsEmpty && data.IsEmpty)
        {
            return;
        }

        _firstEvent.TrySetResult();
        _listener.OnEvent(name, id, data, arrivedAt);
    }
}
