using System.Net;
using System.Text;

namespace BigTech.Load;

/// <summary>The requests that one connection of a <see cref="ClosedLoop"/> repeats.</summary>
internal interface IExchange
{
    /// <summary>The bytes of the next request, which is sent at once.</summary>
    ReadOnlyMemory<byte> Next(long startedAt);

    /// <summary>Checks the answer; false when it is not the expected one.</summary>
    bool Accept(int status, ReadOnlySpan<byte> body, long answeredAt);
}

/// <summary>Builds the bytes of requests.</summary>
internal static class HttpRequestBytes
{
    public static byte[] Get(IPEndPoint endpoint, string path, string? token) => Get(endpoint, path, token, "application/json");

    public static byte[] GetStream(IPEndPoint endpoint, string path, string? token) => Get(endpoint, path, token, "text/event-stream");

    public static byte[] Post(IPEndPoint endpoint, string path, string? token, string json) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {endpoint}\r\nAccept: application/json\r\n{Bearer(token)}"
        + $"Content-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}");

    public static byte[] Delete(IPEndPoint endpoint, string path, string? token) =>
        Encoding.ASCII.GetBytes($"DELETE {path} HTTP/1.1\r\nHost: {endpoint}\r\n{Bearer(token)}\r\n");

    private static byte[] Get(IPEndPoint endpoint, string path, string? token, string accept) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {endpoint}\r\nAccept: {accept}\r\n{Bearer(token)}\r\n");

    private static string Bearer(string? token) => token is null ? "" : $"Authorization: Bearer {token}\r\n";
}

/// <summary>
/// The body of a send with an id that differs every time: a counter's digits are written into the prepared bytes. The echo receives the
/// same body, without a token.
/// </summary>
internal sealed class NumberedPost
{
    private const int Digits = 12;
    private const string Content =
        "See you at seven in front of the station; bring the tickets, please, and the umbrella, it looks like rain tonight.";

    private readonly byte[] _request;
    private readonly int _lastDigit;

    public NumberedPost(IPEndPoint endpoint, string path, string? token)
    {
        var unique = Guid.NewGuid().ToString("N")[..16];
        var json = $$"""{"content":"{{Content}}","client_message_id":"{{unique}}-{{new string('0', Digits)}}"}""";
        _request = HttpRequestBytes.Post(endpoint, path, token, json);
        _lastDigit = _request.Length - "\"}".Length - 1;
    }

    public ReadOnlyMemory<byte> Next()
    {
        var digit = _lastDigit;
        while (_request[digit] == '9')
        {
            _request[digit--] = (byte)'0';
        }

        _request[digit]++;
        return _request;
    }
}

/// <summary>A POST to the bare JSON echo, or to a proxy in front of it.</summary>
internal sealed class EchoExchange(IPEndPoint endpoint, string path = EchoServer.EchoPath, string? token = null) : IExchange
{
    private readonly NumberedPost _post = new(endpoint, path, token);

    public ReadOnlyMemory<byte> Next(long startedAt) => _post.Next();

    public bool Accept(int status, ReadOnlySpan<byte> body, long answeredAt) => status == 200 && body.EndsWith("}"u8);
}

/// <summary>The same few requests in rotation; each must be answered with 200 and a body of a minimum size.</summary>
internal sealed class RepeatedExchange(IReadOnlyList<byte[]> requests, int leastBody) : IExchange
{
    private int _next = -1;

    public ReadOnlyMemory<byte> Next(long startedAt) => requests[_next = (_next + 1) % requests.Count];

    public bool Accept(int status, ReadOnlySpan<byte> body, long answeredAt) => status == 200 && body.Length >= leastBody;
}

/// <summary>A repeated sequence of dependent requests, each with the status that its answer must have.</summary>
internal sealed class SequenceExchange(IReadOnlyList<(byte[] Request, int Status)> steps) : IExchange
{
    private int _step = -1;

    public ReadOnlyMemory<byte> Next(long startedAt) => steps[_step = (_step + 1) % steps.Count].Request;

    public bool Accept(int status, ReadOnlySpan<byte> body, long answeredAt) => status == steps[_step].Status;
}
