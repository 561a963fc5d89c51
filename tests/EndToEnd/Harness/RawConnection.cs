using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BigTech.Tests.EndToEnd;

/// <summary>
/// One connection for requests that no HTTP library would send, one after the other. Of an event stream it reads only the head; after that,
/// and after an answer that closes the connection, it is not usable any more.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _received = new byte[16 * 1024];
    private int _start;
    private int _end;

    private RawConnection()
    {
    }

    /// <summary>Whether another request may follow on this connection.</summary>
    public bool IsOpen { get; private set; } = true;

    public static async Task<RawConnection> Open(Uri server)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(IPAddress.Parse(server.Host), server.Port, TestContext.Current.CancellationToken);
        return connection;
    }

    /// <summary>Sends a request and reads its answer.</summary>
    /// <exception cref="TimeoutException">The server does not answer.</exception>
    /// <exception cref="IOException">The server closed the connection without an answer.</exception>
    public async Task<Answer> Send(RawRequest request, string id)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience.Limit);
        try
        {
            // A server may answer a long request before it has read all of it.
            var sending = SendAll(request.ToBytes(id), limit.Token);
            using var response = await ReadResponse(hasBody: request.Method != "HEAD", limit.Token);
            if (IsOpen)
                await sending;
            return await Answer.Read(response);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No answer within {Patience.Limit.TotalSeconds} s.");
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendAll(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            while (bytes.Length > 0)
                bytes = bytes[await _socket.SendAsync(bytes, cancel)..];
        }
        catch (SocketException)
        {
            // The answer, or its absence, is the better report.
        }
    }

    private async Task<HttpResponseMessage> ReadResponse(bool hasBody, CancellationToken cancel)
    {
        var status = (await ReadLine(cancel)).Split(' ');
        var response = new HttpResponseMessage((HttpStatusCode)int.Parse(status[1], CultureInfo.InvariantCulture));
        var contentHeaders = new List<(string Name, string Value)>();
        while (await ReadLine(cancel) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (!response.Headers.TryAddWithoutValidation(name, value))
                contentHeaders.Add((name, value));
        }
        var isStream = contentHeaders.Any(header => header.Value.StartsWith("text/event-stream", StringComparison.Ordinal));
        IsOpen = !isStream && response.Headers.ConnectionClose is not true;
        response.Content = new ByteArrayContent(isStream || !hasBody ? [] : await ReadBody(response, contentHeaders, cancel));
        foreach (var (name, value) in contentHeaders.Where(header => header.Name != "Content-Length"))
            response.Content.Headers.TryAddWithoutValidation(name, value);
        return response;
    }

    private async Task<byte[]> ReadBody(
        HttpResponseMessage response, List<(string Name, string Value)> contentHeaders, CancellationToken cancel)
    {
        if (response.Headers.TransferEncodingChunked is true)
            return await ReadChunks(cancel);
        var length = contentHeaders.FirstOrDefault(header => header.Name == "Content-Length").Value;
        return length is null ? [] : await ReadBytes(int.Parse(length, CultureInfo.InvariantCulture), cancel);
    }

    private async Task<byte[]> ReadChunks(CancellationToken cancel)
    {
        var body = new MemoryStream();
        int length;
        do
        {
            length = int.Parse(await ReadLine(cancel), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Write(await ReadBytes(length, cancel));
            await ReadLine(cancel);
        }
        while (length > 0);
        return body.ToArray();
    }

    private async Task<string> ReadLine(CancellationToken cancel)
    {
        int length;
        while ((length = _received.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
            await ReceiveMore(cancel);
        var line = Encoding.Latin1.GetString(_received, _start, length);
        _start += length + 2;
        return line;
    }

    private async Task<byte[]> ReadBytes(int length, CancellationToken cancel)
    {
        while (_end - _start < length)
            await ReceiveMore(cancel);
        var bytes = _received[_start..(_start + length)];
        _start += length;
        return bytes;
    }

    private async Task ReceiveMore(CancellationToken cancel)
    {
        if (_start > 0)
        {
            _received.AsSpan(_start, _end - _start).CopyTo(_received);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _received.Length)
            Array.Resize(ref _received, _received.Length * 2);
        int count;
        try
        {
            count = await _socket.ReceiveAsync(_received.AsMemory(_end), cancel);
        }
        catch (SocketException failure)
        {
            throw new IOException("The server reset the connection.", failure);
        }
        if (count == 0)
            throw new IOException("The server closed the connection without an answer.");
        _end += count;
    }
}
